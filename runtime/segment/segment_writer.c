/* SPDX-License-Identifier: MIT */
/*
 * The segment's file and the space in it. Space is made sure of before it is touched, so that a
 * full /dev/shm is an error code here and never a SIGBUS in the program. Everything after
 * segment_create() is async-signal-safe; growth alone waits, for other threads' growth.
 */
#include "segment_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/process/process.h"
#include "segment_arena.h"

struct segment_parts segment;

static _Atomic uint64_t blocks_in_use;

/* What was given back, by power of two of pages; chained through the first word of each. */
#define FREE_CLASSES 24
static struct free_lists {
    uint32_t block; /* + 1, chained through tree_block_next */
    uint32_t lane;  /* + 1, chained through segment_lane.root */
    void *heap[FREE_CLASSES];
} free_lists;

static void raise_count(enum segment_section_id id, uint64_t count) {
    uint64_t *mark = &segment.header->sections[id].count;
    uint64_t seen = __atomic_load_n(mark, __ATOMIC_RELAXED);

    while (seen < count && !__atomic_compare_exchange_n(mark, &seen, count, false, __ATOMIC_RELEASE,
                                                        __ATOMIC_RELAXED)) {
    }
}

bool segment_ready_module(uint32_t index) {
    return segment_make_ready((char *)&segment.modules[index], sizeof segment.modules[index]);
}

/* --- handing out ------------------------------------------------------------------------------ */

static void clear_block(uint32_t block) {
    const uint64_t first = (uint64_t)block * SEGMENT_BLOCK_NODES;

    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        const struct segment_column *column = &segment.header->columns[i];
        memset(segment.base + column->offset + first * column->element_size, 0,
               (size_t)SEGMENT_BLOCK_NODES * column->element_size);
    }
    memset(segment.nodes + first * sizeof(struct segment_node), 0,
           SEGMENT_BLOCK_NODES * sizeof(struct segment_node));
}

uint32_t segment_take_block(void) {
    uint32_t block = 0;

    if (free_lists.block != 0 && process_try_lock()) {
        if (free_lists.block != 0) {
            block = free_lists.block - 1;
            free_lists.block = tree_block_next[block];
            tree_block_next[block] = 0;
        }
        process_unlock();
        if (block != 0) {
            atomic_fetch_add(&blocks_in_use, 1);
            clear_block(block);
            return block;
        }
    }
    const uint64_t size = SEGMENT_BLOCK_NODES * sizeof(struct segment_node);
    const uint64_t offset = arena_take(&segment_arenas.nodes, size);
    if (offset == UINT64_MAX)
        return 0;
    block = (uint32_t)(offset / size);
    atomic_fetch_add(&blocks_in_use, 1);
    raise_count(SEGMENT_SECTION_BLOCKS, block + UINT64_C(1));
    raise_count(SEGMENT_SECTION_NODES, (block + UINT64_C(1)) * SEGMENT_BLOCK_NODES);
    return block;
}

void segment_give_block(uint32_t block) {
    segment.blocks[block].count = 0;
    __atomic_store_n(&segment.blocks[block].lane, 0, __ATOMIC_RELEASE);
    atomic_fetch_sub(&blocks_in_use, 1);
    tree_block_next[block] = free_lists.block;
    free_lists.block = block + 1;
}

uint64_t segment_blocks_in_use(void) {
    return atomic_load(&blocks_in_use);
}

static unsigned size_class(size_t size) {
    unsigned class = 0;

    while (((size_t)PAGE << class) < size)
        class ++;
    return class;
}

void *segment_take_heap(size_t size) {
    const unsigned class = size_class(size);
    void *memory = NULL;

    if (class >= FREE_CLASSES)
        return NULL;
    if (free_lists.heap[class] != NULL && process_try_lock()) {
        memory = free_lists.heap[class];
        if (memory != NULL)
            free_lists.heap[class] = *(void **)memory;
        process_unlock();
        if (memory != NULL) {
            memset(memory, 0, (size_t)PAGE << class);
            return memory;
        }
    }
    const uint64_t offset = arena_take(&segment_arenas.heap, (uint64_t)PAGE << class);
    if (offset == UINT64_MAX)
        return NULL;
    raise_count(SEGMENT_SECTION_HEAP, offset + ((uint64_t)PAGE << class));
    return segment.heap + offset;
}

void segment_give_heap(void *memory, size_t size) {
    const unsigned class = size_class(size);

    *(void **)memory = free_lists.heap[class];
    free_lists.heap[class] = memory;
}

uint32_t segment_take_lane(void) {
    if (free_lists.lane != 0 && process_try_lock()) {
        const uint32_t lane = free_lists.lane;
        if (lane != 0)
            free_lists.lane = segment.lanes[lane - 1].root;
        process_unlock();
        if (lane != 0)
            return lane - 1;
    }
    const uint64_t offset = arena_take(&segment_arenas.lanes, sizeof(struct segment_lane));
    if (offset == UINT64_MAX)
        return UINT32_MAX;
    const uint32_t lane = (uint32_t)(offset / sizeof(struct segment_lane));
    raise_count(SEGMENT_SECTION_LANES, lane + UINT64_C(1));
    return lane;
}

void segment_give_lane(uint32_t lane) {
    segment.lanes[lane].root = free_lists.lane;
    free_lists.lane = lane + 1;
}

/* --- parts ------------------------------------------------------------------------------------ */

void *segment_column(const char *name) {
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        if (strcmp(segment.header->columns[i].name, name) == 0)
            return segment.base + segment.header->columns[i].offset;
    }
    return NULL;
}

static void locate_parts(char *base) {
    struct segment_header *header = (struct segment_header *)base;

    segment.base = base;
    segment.header = header;
    header->base = (uintptr_t)base;
    segment.modules = (void *)(base + header->sections[SEGMENT_SECTION_MODULES].offset);
    segment.lanes = (void *)(base + header->sections[SEGMENT_SECTION_LANES].offset);
    segment.labels = (void *)(base + header->sections[SEGMENT_SECTION_LABELS].offset);
    segment.blocks = (void *)(base + header->sections[SEGMENT_SECTION_BLOCKS].offset);
    segment.nodes = base + header->sections[SEGMENT_SECTION_NODES].offset;
    segment.heap = base + header->sections[SEGMENT_SECTION_HEAP].offset;
    segment.unwinds = segment_column("unwinds");
    segment.instructions = segment_column("instructions");
    segment.samples = segment_column("samples");
    segment.off_cpu = segment_column("off_cpu");
    segment.timed_calls = segment_column("timed_calls");
    segment.variance = segment_column("variance");
    segment.min = segment_column("min");
    segment.max = segment_column("max");
    segment.histogram = segment_column("histogram");
    segment_arenas_init();
    memset(&free_lists, 0, sizeof free_lists);
    atomic_store(&blocks_in_use, 0);
}

/* The small tables at the front are wanted in any case; the first extents too. */
static bool reserve_tables(char *base, const struct segment_header *plan) {
    const uint64_t lanes = plan->sections[SEGMENT_SECTION_LANES].offset;
    const uint64_t labels = plan->sections[SEGMENT_SECTION_LABELS].offset;
    const uint64_t nodes = plan->sections[SEGMENT_SECTION_NODES].offset;

    return segment_make_ready(base, SEGMENT_HEADER_SIZE + 16 * sizeof(struct segment_module)) &&
           segment_make_ready(base + lanes, PAGE) &&
           segment_make_ready(base + labels, nodes - labels);
}

/* --- creation --------------------------------------------------------------------------------- */

static void *map_anonymous(uint64_t size) {
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}

static char *map_new(struct segment_header *plan, char *reason, size_t reason_size) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    char *base = NULL;

    reason[0] = '\0';
    getrlimit(RLIMIT_FSIZE, &limit); /* past it even ftruncate() would raise SIGXFSZ */
    for (unsigned i = 0; base == NULL && segment_plan(plan, i); i++) {
        if (limit.rlim_cur != RLIM_INFINITY && plan->size > limit.rlim_cur) {
            snprintf(reason, reason_size, "the file size limit is %llu bytes",
                     (unsigned long long)limit.rlim_cur);
            continue;
        }
        base =
            segment_file_create(segment.path, sizeof segment.path, plan->size, reason, reason_size);
        segment.base = base;
        if (base != NULL && !reserve_tables(base, plan)) {
            snprintf(reason, reason_size, "no space left in its directory");
            munmap(base, plan->size);
            segment_unlink();
            base = NULL;
        }
    }
    for (unsigned i = 0; base == NULL && segment_plan(plan, i); i++) {
        segment.path[0] = '\0';
        base = map_anonymous(plan->size);
    }
    return base;
}

/* The parent's module table is the child's as well: same addresses, same files. */
static void copy_modules(char *base, const struct segment_header *plan) {
    const struct segment_section *section = &segment.header->sections[SEGMENT_SECTION_MODULES];
    struct segment_header *header = (struct segment_header *)base;
    const uint64_t size = section->count * sizeof(struct segment_module);

    if (segment_make_ready(base + plan->sections[SEGMENT_SECTION_MODULES].offset, size)) {
        memcpy(base + plan->sections[SEGMENT_SECTION_MODULES].offset, segment.modules, size);
        header->sections[SEGMENT_SECTION_MODULES].count = section->count;
    }
}

bool segment_create(bool replace) {
    static struct segment_header plan; /* too large for a small stack; one creation at a time */
    const uint64_t old_size = replace ? segment.header->size : 0;
    char *old_base = segment.base;
    struct segment_header *old_header = segment.header;
    char reason[256] = "";
    char *base = map_new(&plan, reason, sizeof reason);

    if (base == NULL) {
        message("no memory for the recorder: nothing is recorded");
        return false;
    }
    memcpy(base, &plan, sizeof plan);
    segment.base = old_base;
    segment.header = old_header;
    if (replace) {
        copy_modules(base, &plan);
        if (plan.size > old_size || mremap(base, plan.size, plan.size,
                                           MREMAP_MAYMOVE | MREMAP_FIXED, old_base) == MAP_FAILED) {
            munmap(base, plan.size);
            return false;
        }
        base = old_base;
    }
    locate_parts(base);
    if (segment.path[0] == '\0') {
        message("recording in memory alone (%s): no dump of this process from outside", reason);
    }
    return true;
}

void segment_unlink(void) {
    if (segment.path[0] != '\0')
        syscall(SYS_unlinkat, AT_FDCWD, segment.path, 0);
    segment.path[0] = '\0';
}
