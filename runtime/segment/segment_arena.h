/* SPDX-License-Identifier: MIT */
/*
 * The parts of the segment that grow, and how: in the file or, if that has no room, in memory of
 * the process alone. Called by segment_writer.c. Async-signal-safe; growth, which is rare, waits
 * for other threads' growth.
 */
#ifndef CINSTR_RUNTIME_SEGMENT_ARENA_H
#define CINSTR_RUNTIME_SEGMENT_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <cinstr/segment.h>

/* A part of the segment whose bytes are handed out from its start. */
struct arena {
    char *start;
    uint64_t capacity;
    _Atomic uint64_t taken; /* bytes handed out */
    _Atomic uint64_t ready; /* bytes whose space is allocated */
    _Atomic bool is_full;   /* there is no more space: never tried again */
    uint64_t extent;        /* bytes to allocate at a time */
    uint64_t kept;          /* bytes allocated in advance, for what edges need when it is full */
};

extern struct arenas {
    struct arena nodes, lanes, heap; /* nodes, which grow with their share of each column */
} segment_arenas;

/* The arenas of the present segment. */
void segment_arenas_init(void);

/* The offset of `size` new bytes, zeroed; UINT64_MAX when there are no more. is_last: may use those
 * that were kept. */
uint64_t arena_take(struct arena *arena, uint64_t size, bool is_last);

/* Whether the program's sandbox, if it is in one, permits growth; and allocates in advance for a
 * sandbox that will not. */
bool arena_may_grow(void);
void arenas_grow_ahead(void);

/* Allocates the space of these bytes, in the file or in memory, so that they can be written to. */
bool segment_make_ready(char *start, uint64_t size);

#endif
