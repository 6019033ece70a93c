/* SPDX-License-Identifier: MIT */
/*
 * The arena: chunks from malloc() that double in size up to a few MiB (see arena.h). Used for the
 * profile's storage and by the pprof reader and writer. Never moves a piece.
 */
#include "arena.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

struct profile_arena_chunk {
    struct profile_arena_chunk *older;
    size_t size;
    max_align_t data[];
};

static const size_t smallest_chunk = (size_t)16 << 10;
static const size_t largest_chunk = (size_t)4 << 20;

static size_t round_up(size_t size) {
    return (size + 7) & ~(size_t)7;
}

bool profile_arena_charge(struct profile_arena *arena, size_t size) {
    if (arena->limit != 0 && (size > arena->limit || arena->taken > arena->limit - size)) {
        errno = EFBIG;
        return false;
    }
    arena->taken += size;
    return true;
}

static bool add_chunk(struct profile_arena *arena, size_t size) {
    size_t chunk_size = arena->chunk == NULL ? smallest_chunk : arena->chunk->size * 2;
    if (chunk_size > largest_chunk)
        chunk_size = largest_chunk;
    if (chunk_size < size)
        chunk_size = size;
    if (!profile_arena_charge(arena, chunk_size))
        return false;
    struct profile_arena_chunk *chunk = malloc(sizeof(*chunk) + chunk_size);
    if (chunk == NULL) {
        arena->taken -= chunk_size;
        return false;
    }
    chunk->older = arena->chunk;
    chunk->size = chunk_size;
    arena->chunk = chunk;
    arena->used = 0;
    return true;
}

void *profile_arena_take(struct profile_arena *arena, size_t size) {
    if (size > (size_t)PTRDIFF_MAX / 2) {
        errno = ENOMEM;
        return NULL;
    }
    size = round_up(size);
    if (arena->chunk == NULL || arena->chunk->size - arena->used < size) {
        if (!add_chunk(arena, size))
            return NULL;
    }
    void *piece = (char *)arena->chunk->data + arena->used;
    arena->used += size;
    return piece;
}

void profile_arena_undo(struct profile_arena *arena, void *piece, size_t size) {
    size = round_up(size);
    if ((char *)piece + size == (char *)arena->chunk->data + arena->used)
        arena->used -= size;
}

static void free_chunks(struct profile_arena_chunk *chunk) {
    while (chunk != NULL) {
        struct profile_arena_chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void profile_arena_reset(struct profile_arena *arena) {
    if (arena->chunk == NULL)
        return;
    free_chunks(arena->chunk->older);
    arena->chunk->older = NULL;
    arena->taken = arena->chunk->size;
    arena->used = 0;
}

void profile_arena_free(struct profile_arena *arena) {
    free_chunks(arena->chunk);
    *arena = (struct profile_arena){.limit = arena->limit};
}
