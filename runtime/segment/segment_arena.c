/* SPDX-License-Identifier: MIT */
/*
 * See segment_arena.h. Space is allocated before it is touched, so that a full /dev/shm is an error
 * code here and never a SIGBUS in the program.
 */
#include "segment_arena.h"

#include <cinstr/segment.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/message.h"
#include "runtime/base/page.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/signals.h"
#include "runtime/base/spin.h"
#include "segment_file.h"
#include "segment_parts.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

struct arenas segment_arenas;

bool segment_make_ready(char *start, uint64_t size) {
    const uintptr_t first = (uintptr_t)start & ~(uintptr_t)(PAGE - 1);
    const uint64_t length = round_up((uintptr_t)start + size - first, PAGE);
    if (madvise((void *)first, length, MADV_POPULATE_WRITE) == 0)
        return true;
    if (errno != EINVAL)
        return false;
    return segment.path[0] == '\0' || /* an old kernel, or an emulated one */
           segment_file_reserve(segment.path, (uint64_t)(first - (uintptr_t)segment.base), length);
}

bool arena_may_grow(void) {
    static const short calls[] = {
        SYS_rt_sigprocmask, SYS_madvise, SYS_openat,      SYS_fstat, SYS_newfstatat,
        SYS_fallocate,      SYS_close,   SYS_sched_yield, SYS_mmap,  -1};
    return sandbox_allows_all(calls);
}

/* --- growth: rare, and by one thread at a time, in which no handler can come between ---------- */

static uint32_t growth_lock;

static signals_mask growth_begin(void) {
    const signals_mask mask = signals_block();
    spin_lock(&growth_lock);
    return mask;
}

static void growth_end(signals_mask mask) {
    spin_unlock(&growth_lock);
    signals_restore(mask);
}

/* Continues in this process's own memory where the file cannot grow: the profile at exit is
 * complete, but other processes cannot read that part. The page that is partly in use stays in the
 * file. */
static bool go_on_in_memory(char *start, uint64_t size) {
    char *const first = segment.base + round_up((uint64_t)(start - segment.base), PAGE);
    char *const end = segment.base + round_up((uint64_t)(start + size - segment.base), PAGE);
    if (first < end && mmap(first, (size_t)(end - first), PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return false;
    if (segment.header->nodes_in_memory_from == 0) {
        segment.header->nodes_in_memory_from =
            atomic_load(&segment_arenas.nodes.ready) / sizeof(struct segment_node) + 1;
        message("%s: no space left: recording continues in memory only; `cinstr dump` will lack "
                "what is recorded from now on",
                segment.path);
    }
    return true;
}

static bool make_room(char *start, uint64_t size) {
    if (segment.header->nodes_in_memory_from == 0 && segment_make_ready(start, size))
        return true;
    return segment.path[0] != '\0' && go_on_in_memory(start, size);
}

/* Nodes grow together with their share of each column, and the table of who owns them. */
static bool make_nodes_ready(uint64_t from, uint64_t to) {
    const uint64_t first = from / sizeof(struct segment_node);
    const uint64_t count = (to - from) / sizeof(struct segment_node);
    if (!make_room((char *)&segment.blocks[first / SEGMENT_BLOCK_NODES],
                   count / SEGMENT_BLOCK_NODES * sizeof(struct segment_block)))
        return false;
    for (uint32_t i = 0; i < segment.header->column_count; i++) {
        const struct segment_column *column = &segment.header->columns[i];
        if (!make_room(segment.base + column->offset + first * column->element_size,
                       count * column->element_size)) {
            return false;
        }
    }
    return make_room(segment.nodes + from, to - from);
}

/* Between growth_begin() and growth_end(). */
static void grow(struct arena *arena, uint64_t end) {
    const uint64_t ready = atomic_load(&arena->ready);
    uint64_t next = round_up(end, arena->extent);
    if (ready >= end) /* another thread was faster */
        return;
    if (next > arena->capacity)
        next = arena->capacity;
    if (arena == &segment_arenas.nodes ? make_nodes_ready(ready, next)
                                       : make_room(arena->start + ready, next - ready))
        atomic_store(&arena->ready, next);
}

static void grow_to(struct arena *arena, uint64_t end) {
    const signals_mask mask = growth_begin();
    grow(arena, end);
    growth_end(mask);
}

static void tell_of_end(const struct arena *arena) {
    __atomic_add_fetch(&segment.header->losses.growth_failures, 1, __ATOMIC_RELAXED);
    if (arena == &segment_arenas.nodes)
        message("no memory for more contexts: calls in those that come now are kept by edge");
}

static bool arena_make_ready(struct arena *arena, uint64_t end, bool is_last) {
    const uint64_t left = arena->capacity - end;
    const uint64_t wanted = end + (arena->kept < left ? arena->kept : left);
    if (atomic_load(&arena->ready) >= wanted)
        return true;
    if (!atomic_load(&arena->is_full) && arena_may_grow())
        grow_to(arena, wanted);
    if (atomic_load(&arena->ready) >= wanted)
        return true;
    if (!atomic_exchange(&arena->is_full, true))
        tell_of_end(arena);
    return is_last && atomic_load(&arena->ready) >= end;
}

uint64_t arena_take(struct arena *arena, uint64_t size, bool is_last) {
    uint64_t offset = atomic_load(&arena->taken);
    do {
        if (size > arena->capacity - offset || !arena_make_ready(arena, offset + size, is_last))
            return UINT64_MAX;
    } while (!atomic_compare_exchange_weak(&arena->taken, &offset, offset + size));
    return offset;
}

void arenas_grow_ahead(void) {
    static const struct {
        struct arena *arena;
        uint64_t more;
    } wanted[] = {{&segment_arenas.nodes, UINT64_C(2) << 20},
                  {&segment_arenas.heap, UINT64_C(4) << 20},
                  {&segment_arenas.lanes, 4 * PAGE}};
    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
        struct arena *arena = wanted[i].arena;
        const uint64_t end = atomic_load(&arena->taken) + wanted[i].more;
        grow_to(arena, end < arena->capacity ? end : arena->capacity);
    }
}

static void arena_init(struct arena *arena, enum segment_section_id id, uint64_t extent,
                       uint64_t kept) {
    const struct segment_section *section = &segment.header->sections[id];
    arena->start = segment.base + section->offset;
    arena->capacity = section->capacity * section->element_size;
    arena->extent = extent;
    arena->kept = kept;
    atomic_store(&arena->is_full, false);
    atomic_store(&arena->ready, 0);
    atomic_store(&arena->taken, 0);
}

void segment_arenas_init(void) {
    growth_lock = 0;
    const uint64_t blocks = (uint64_t)16 * SEGMENT_BLOCK_NODES * sizeof(struct segment_node);
    arena_init(&segment_arenas.nodes, SEGMENT_SECTION_NODES, blocks, blocks);
    arena_init(&segment_arenas.lanes, SEGMENT_SECTION_LANES, PAGE, 0);
    arena_init(&segment_arenas.heap, SEGMENT_SECTION_HEAP, (uint64_t)16 * PAGE,
               (uint64_t)16 * PAGE);
}
