/* SPDX-License-Identifier: MIT */
/*
 * What a profile owns: the arena of its strings, stacks and values, and the tables that find equal
 * ones. Used by profile.c and profile_sample.c alone; the pprof parser sets the limit.
 */
#ifndef CINSTR_READER_PROFILE_STORAGE_H
#define CINSTR_READER_PROFILE_STORAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/base/arena.h"

struct profile_entry; /* a key, and the index of its element */

struct profile_storage {
    struct profile_arena arena;
    uint64_t seed; /* seed of the hash: keys from a file cannot be made to collide */
    struct profile_string_entry *strings;
    struct profile_entry *mappings, *functions, *locations, *samples, *comments;
    uint32_t mapping_capacity, function_capacity, location_capacity, sample_capacity;
    uint32_t value_type_capacity, comment_capacity;
};

struct profile_storage *profile_storage_new(void);
void profile_storage_free(struct profile_storage *storage);

/* Interns `size` bytes of text without a NUL. NULL when out of memory. */
const char *profile_storage_string(struct profile_storage *storage, const char *text, size_t size);

/* Room for a key of `size` bytes, a multiple of 8, and `extra` bytes behind it. */
struct profile_entry *profile_entry_new(struct profile_storage *storage, size_t size, size_t extra);
uint64_t *profile_entry_key(struct profile_entry *entry);

/* Returns the index of an equal entry in the table, and takes `entry` back; or, if there is
 * none, adds `entry` and returns `index`. PROFILE_NONE when out of memory. */
uint32_t profile_entry_intern(struct profile_storage *storage, struct profile_entry **table,
                              struct profile_entry *entry, uint32_t index);

/* Makes room for one more element in an array of the profile. Returns false when out of memory. */
bool profile_array_grow(struct profile_storage *storage, void *array, uint32_t *capacity,
                        uint32_t count, size_t element_size);

#endif
