/* SPDX-License-Identifier: MIT */
/*
 * Makes the segment: as a file where there is room for one, else in anonymous memory.
 */
#include "segment_create.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/message.h"
#include "runtime/base/page.h"
#include "segment_arena.h"
#include "segment_file.h"
#include "segment_layout.h"
#include "segment_parts.h"
#include "segment_writer.h"

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
#define VALUE(...)
#define COLUMN(name, ...) segment.name = segment_column(#name);
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
    segment_space_init();
}

/* Allocates what is needed in any case; everything else is allocated when it is used. */
static bool reserve_tables(char *base, const struct segment_header *plan) {
    return segment_make_ready(base, SEGMENT_HEADER_SIZE + 16 * sizeof(struct segment_module)) &&
           segment_make_ready(base + plan->sections[SEGMENT_SECTION_LANES].offset, PAGE);
}

static void *map_anonymous(uint64_t size) {
    void *base = mmap(NULL, size, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return base == MAP_FAILED ? NULL : base;
}

static char *map_new(struct segment_header *plan, bool has_cpu_time, char *reason,
                     size_t reason_size) {
    struct rlimit limit = {RLIM_INFINITY, RLIM_INFINITY};
    char *base = NULL;
    reason[0] = '\0';
    getrlimit(RLIMIT_FSIZE, &limit); /* beyond this limit even ftruncate() would raise SIGXFSZ */
    for (unsigned i = 0; base == NULL && segment_plan(plan, i, has_cpu_time); i++) {
        if (limit.rlim_cur != RLIM_INFINITY && plan->size > limit.rlim_cur) {
            snprintf(reason, reason_size, "the file size limit is %llu bytes",
                     (unsigned long long)limit.rlim_cur);
            continue;
        }
        base = segment_file_create(segment.path, sizeof(segment.path), plan->size, reason,
                                   reason_size);
        segment.base = base;
        if (base != NULL && !reserve_tables(base, plan)) {
            snprintf(reason, reason_size, "no space left in its directory");
            munmap(base, plan->size);
            segment_unlink();
            base = NULL;
        }
    }
    for (unsigned i = 0; base == NULL && segment_plan(plan, i, has_cpu_time); i++) {
        segment.path[0] = '\0';
        base = map_anonymous(plan->size);
    }
    return base;
}

/* The parent's module table is valid in the child as well: same addresses, same files. */
static void copy_modules(char *base, const struct segment_header *plan) {
    const struct segment_section *section = &segment.header->sections[SEGMENT_SECTION_MODULES];
    struct segment_header *header = (struct segment_header *)base;
    const uint64_t size = section->count * sizeof(struct segment_module);
    if (segment_make_ready(base + plan->sections[SEGMENT_SECTION_MODULES].offset, size)) {
        memcpy(base + plan->sections[SEGMENT_SECTION_MODULES].offset, segment.modules, size);
        header->sections[SEGMENT_SECTION_MODULES].count = section->count;
    }
}

static bool make_block_chains(bool replace) {
    const uint64_t blocks = segment.header->sections[SEGMENT_SECTION_BLOCKS].capacity;
    const size_t size = blocks * sizeof(*tree_block_next);
    void *memory;
    if (replace)
        return madvise(tree_block_next, size, MADV_DONTNEED) == 0;
    memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                  -1, 0);
    tree_block_next = memory == MAP_FAILED ? NULL : memory;
    return tree_block_next != NULL;
}

bool segment_create(bool replace, bool has_cpu_time) {
    static struct segment_header plan; /* too large for a small stack; one at a time */
    const uint64_t old_size = replace ? segment.header->size : 0;
    char *old_base = segment.base;
    struct segment_header *old_header = segment.header;
    char reason[256] = "";
    char *base = map_new(&plan, has_cpu_time, reason, sizeof(reason));
    if (base == NULL) {
        message("out of memory: nothing is recorded");
        return false;
    }
    memcpy(base, &plan, sizeof(plan));
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
        message("recording in memory only (%s): `cinstr dump` cannot read this process", reason);
    }
    if (!make_block_chains(replace)) {
        message("out of memory: nothing is recorded");
        segment_unlink();
        return false;
    }
    return true;
}

void segment_unlink(void) {
    if (segment.path[0] != '\0')
        syscall(SYS_unlinkat, AT_FDCWD, segment.path, 0);
    segment.path[0] = '\0';
}
