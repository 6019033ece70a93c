/* SPDX-License-Identifier: MIT */
/*
 * The parts of the segment that grow, and how: in its file or, where that has no room, in memory of
 * the process alone. Called by segment_writer.c. Async-signal-safe; growth, which is rare, waits
 * for other threads' growth.
 */
#ifndef CINSTR_RUNTIME_SEGMENT_ARENA_H
#define CINSTR_RUNTIME_SEGMENT_ARENA_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <cinstr/segment.h>

/* A part of the segment that is handed out from its start. */
struct arena {
    char *start;
    uint64_t capacity;
    _Atomic uint64_t taken; /* bytes handed out */
    _Atomic uint64_t ready; /* bytes whose space is made sure of */
    _Atomic bool is_full;   /* there is no more space: never tried again */
    uint64_t extent;        /* how much is made ready at a time */
    uint64_t kept; /* made ready beyond what is taken, for what edges need when it is full */
};

extern struct arenas {
    struct arena nodes, lanes, heap; /* nodes come with their share of each column */
} segment_arenas;

/* Of the segment that is now located. */
void segment_arenas_init(void);

/* Offset of `size` new bytes, zeroed; UINT64_MAX when there are no more. is_last: those that were
 * kept, too. */
uint64_t arena_take(struct arena *arena, uint64_t size, bool is_last);

/* Whether the sandbox that the program is in, if any, lets them grow; makes room ahead for one that
 * does not. */
bool arena_may_grow(void);
void arenas_grow_ahead(void);

/* Makes sure that these bytes of the file, or of memory, can be written to. */
bool segment_make_ready(char *start, uint64_t size);

#endif
