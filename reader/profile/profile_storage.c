/* SPDX-License-Identifier: MIT */
/*
 * The profile's storage: interned strings and hashed keys (see profile_storage.h). The hash takes
 * eight bytes at a time, so that a million stacks are looked up in well under a second, and has a
 * random seed, so that a hostile file cannot choose keys that collide.
 */
#include "profile_storage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

#include "profile.h"
#include "reader/base/utf8.h"

struct profile_string_entry {
    UT_hash_handle hh;
    char text[];
};

struct profile_entry {
    UT_hash_handle hh;
    uint32_t index;
    uint32_t size; /* of the key */
    uint32_t extra;
    uint64_t key[];
};

__extension__ typedef unsigned __int128 product;

static uint64_t fold(uint64_t a, uint64_t b) {
    product p = (product)a * b;
    return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static unsigned hash_bytes(uint64_t seed, const void *bytes, size_t size) {
    const unsigned char *at = bytes;
    uint64_t hash = seed ^ size;
    for (; size >= 8; size -= 8, at += 8) {
        uint64_t word;
        memcpy(&word, at, sizeof(word));
        hash = fold(hash ^ word, UINT64_C(0x9e3779b97f4a7c15) ^ seed);
    }
    uint64_t rest = 0;
    memcpy(&rest, at, size);
    hash = fold(hash ^ rest, UINT64_C(0xd6e8feb86659fd93));
    return (unsigned)(hash ^ (hash >> 32));
}

struct profile_storage *profile_storage_new(void) {
    struct profile_storage *storage = calloc(1, sizeof(*storage));
    if (storage == NULL)
        return NULL;
    if (getrandom(&storage->seed, sizeof(storage->seed), GRND_NONBLOCK) !=
        (ssize_t)sizeof(storage->seed)) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        storage->seed = (uint64_t)(uintptr_t)storage ^ (uint64_t)now.tv_nsec << 32;
    }
    return storage;
}

void profile_storage_free(struct profile_storage *storage) {
    HASH_CLEAR(hh, storage->strings);
    HASH_CLEAR(hh, storage->mappings);
    HASH_CLEAR(hh, storage->functions);
    HASH_CLEAR(hh, storage->locations);
    HASH_CLEAR(hh, storage->samples);
    HASH_CLEAR(hh, storage->comments);
    profile_arena_free(&storage->arena);
    free(storage);
}

static const char *intern(struct profile_storage *storage, const char *text, size_t size) {
    unsigned hash = hash_bytes(storage->seed, text, size);
    struct profile_string_entry *entry = NULL;
    HASH_FIND_BYHASHVALUE(hh, storage->strings, text, (unsigned)size, hash, entry);
    if (entry != NULL)
        return entry->text;
    entry = profile_arena_take(&storage->arena, sizeof(*entry) + size + 1);
    if (entry == NULL)
        return NULL;
    memcpy(entry->text, text, size);
    entry->text[size] = '\0';
    HASH_ADD_KEYPTR_BYHASHVALUE(hh, storage->strings, entry->text, (unsigned)size, hash, entry);
    return entry->hh.tbl == NULL ? NULL : entry->text;
}

const char *profile_storage_string(struct profile_storage *storage, const char *text, size_t size) {
    if (size > UINT32_MAX) {
        errno = EFBIG;
        return NULL;
    }
    if (utf8_is_valid(text, size))
        return intern(storage, text, size);
    size_t length = 0;
    char *escaped = utf8_escape(text, size, &length);
    const char *string = escaped == NULL ? NULL : intern(storage, escaped, length);
    free(escaped);
    return string;
}

struct profile_entry *profile_entry_new(struct profile_storage *storage, size_t size,
                                        size_t extra) {
    if (size > UINT32_MAX || extra > UINT32_MAX) {
        errno = EFBIG;
        return NULL;
    }
    struct profile_entry *entry =
        profile_arena_take(&storage->arena, sizeof(*entry) + size + extra);
    if (entry != NULL) {
        entry->size = (uint32_t)size;
        entry->extra = (uint32_t)extra;
    }
    return entry;
}

uint64_t *profile_entry_key(struct profile_entry *entry) {
    return entry->key;
}

uint32_t profile_entry_intern(struct profile_storage *storage, struct profile_entry **table,
                              struct profile_entry *entry, uint32_t index) {
    unsigned hash = hash_bytes(storage->seed, entry->key, entry->size);
    struct profile_entry *found = NULL;
    HASH_FIND_BYHASHVALUE(hh, *table, entry->key, entry->size, hash, found);
    if (found == NULL) {
        entry->index = index;
        HASH_ADD_KEYPTR_BYHASHVALUE(hh, *table, entry->key, entry->size, hash, entry);
        if (entry->hh.tbl != NULL)
            return index;
    }
    profile_arena_undo(&storage->arena, entry, sizeof(*entry) + entry->size + entry->extra);
    return found == NULL ? PROFILE_NONE : found->index;
}

bool profile_array_grow(struct profile_storage *storage, void *array, uint32_t *capacity,
                        uint32_t count, size_t element_size) {
    if (count < *capacity)
        return true;
    uint32_t wanted = *capacity < 16 ? 16 : *capacity + *capacity / 2;
    if (wanted <= count || wanted >= PROFILE_NONE) {
        errno = EFBIG;
        return false;
    }
    if (!profile_arena_charge(&storage->arena, (wanted - *capacity) * element_size))
        return false;
    void *old, *grown;
    memcpy(&old, array, sizeof(old));
    grown = reallocarray(old, wanted, element_size);
    if (grown == NULL)
        return false;
    memcpy(array, &grown, sizeof(grown));
    *capacity = wanted;
    return true;
}
