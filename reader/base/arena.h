/* SPDX-License-Identifier: MIT */
/*
 * An arena: memory that is taken piece by piece and freed all at once. A profile keeps its strings,
 * stacks and values in one; the pprof reader and writer use others. It has a limit, so that a small
 * hostile file cannot make the reader take all memory.
 */
#ifndef CINSTR_READER_PROFILE_ARENA_H
#define CINSTR_READER_PROFILE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct profile_arena {
    struct profile_arena_chunk *chunk; /* the chunk in use; older ones are linked behind it */
    size_t used;                       /* bytes used of that chunk */
    size_t taken;                      /* bytes of all chunks */
    size_t limit;                      /* limit of `taken`; 0 none */
};

/* `size` bytes, aligned for any scalar, not cleared. NULL when out of memory (errno ENOMEM) or past
 * the limit (errno EFBIG). */
void *profile_arena_take(struct profile_arena *arena, size_t size);

/* Gives back the piece that was taken last, `size` bytes at `piece`. */
void profile_arena_undo(struct profile_arena *arena, void *piece, size_t size);

/* Counts `size` bytes that were allocated elsewhere against the limit. */
bool profile_arena_charge(struct profile_arena *arena, size_t size);

/* Empties it, but keeps one chunk for the next use. */
void profile_arena_reset(struct profile_arena *arena);
void profile_arena_free(struct profile_arena *arena);

#endif
