/* SPDX-License-Identifier: MIT */
/*
 * gperftools' CPU profiles: machine words (of 4 or 8 bytes, little-endian here). A header 0, 3,
 * version 0, period in microseconds, 0; then for each stack a count, a depth and that many program
 * counters, innermost first, callers as return addresses; a trailer 0, 1, 0; then the text of
 * /proc/self/maps. Format: gperftools, docs/cpuprofile-fileformat.html.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "import_format.h"

#define MAX_FRAMES 65536u

struct words {
    const struct import *import;
    size_t at, word; /* bytes */
};

static bool next(struct words *words, uint64_t *value) {
    if (words->word > words->import->size - words->at)
        return false;
    *value = 0;
    memcpy(value, words->import->data + words->at, words->word);
    words->at += words->word;
    return true;
}

/* The size of a word; 0: it is not such a file. */
static size_t word_size(const char *data, size_t size) {
    static const uint32_t narrow[3] = {0, 3, 0};
    static const uint64_t wide[3] = {0, 3, 0};
    if (size >= 5 * sizeof(wide[0]) && memcmp(data, wide, sizeof(wide)) == 0)
        return sizeof(wide[0]);
    return size >= 5 * sizeof(narrow[0]) && memcmp(data, narrow, sizeof(narrow)) == 0
               ? sizeof(narrow[0])
               : 0;
}

static bool sniff(const char *data, size_t size) {
    return word_size(data, size) != 0;
}

static int cut_off(const struct import *import, size_t at, struct error *error) {
    return error_set(error, "%s: byte %zu: cut off, or no profile of gperftools", import->name, at);
}

/* Skips the stacks and the trailer. */
static int skip_stacks(struct words *words, struct error *error) {
    for (;;) {
        const size_t begin = words->at;
        uint64_t count, depth, first;
        if (!next(words, &count) || !next(words, &depth) || depth == 0 || depth > MAX_FRAMES ||
            depth > (words->import->size - words->at) / words->word)
            return cut_off(words->import, begin, error);
        next(words, &first);
        words->at += (depth - 1) * words->word;
        if (count == 0 && depth == 1 && first == 0)
            return 0;
    }
}

/* "start-limit r-xp offset device inode path" */
static int add_mapping(struct import_modules *modules, const struct import_line *line) {
    const char *at = line->text, *end = line->text + line->length;
    uint64_t start, limit, offset;
    char *path;
    int result;
    if (!import_number(&at, end, 16, &start) || at == end || *at++ != '-' ||
        !import_number(&at, end, 16, &limit) || end - at < 7 || at[3] != 'x')
        return 0;
    at += 6;
    if (!import_number(&at, end, 16, &offset))
        return 0;
    at = memchr(at, '/', (size_t)(end - at));
    path = at == NULL ? strdup("") : strndup(at, (size_t)(end - at));
    if (path == NULL)
        return -1;
    result = import_add_module(modules, start, limit, offset, path);
    free(path);
    return result;
}

static int read_mappings(const struct import *import, size_t at, struct import_modules *modules,
                         struct error *error) {
    const struct import text = {.data = import->data + at, .size = import->size - at};
    struct import_line line = {0};
    while (import_next_line(&text, &line)) {
        if (add_mapping(modules, &line) != 0)
            return import_out_of_memory(error);
    }
    return 0;
}

static int add_stack(struct import *import, struct import_modules *modules, struct words *words,
                     struct index_stack *stack, uint64_t count, uint64_t depth) {
    int64_t values[2];
    stack->depth = 0;
    for (uint64_t i = 0; i < depth; i++) {
        uint64_t address = 0;
        next(words, &address);
        /* The innermost address is where the thread was interrupted; the others are return
         * addresses. */
        if (import_push(stack, import_address(modules, import->profile,
                                              i == 0 || address == 0 ? address : address - 1)) != 0)
            return -1;
    }
    if (count > INT64_MAX ||
        __builtin_mul_overflow((int64_t)count, import->profile->period, &values[1]))
        return -1;
    values[0] = (int64_t)count;
    return profile_add_sample(import->profile, &(struct profile_sample){.depth = stack->depth,
                                                                        .locations = stack->items,
                                                                        .values = values}) ==
                   PROFILE_NONE
               ? -1
               : 0;
}

static int add_stacks(struct import *import, struct import_modules *modules, struct words *words,
                      size_t end, struct error *error) {
    struct index_stack stack = {0};
    int result = 0;
    while (result == 0 && words->at < end) {
        uint64_t count = 0, depth = 0;
        next(words, &count);
        next(words, &depth);
        if (count == 0) { /* the trailer */
            words->at += depth * words->word;
            continue;
        }
        if (add_stack(import, modules, words, &stack, count, depth) != 0)
            result = error_set(error, "%s: byte %zu: too many samples, or out of memory",
                               import->name, words->at);
    }
    free(stack.items);
    return result;
}

static int read_gperftools(struct import *import, struct error *error) {
    struct words words = {import, 0, word_size(import->data, import->size)};
    struct import_modules modules = {0};
    uint64_t period_us = 0, ignored;
    int result;
    if (words.word == 0)
        return cut_off(import, 0, error);
    words.at = 3 * words.word;
    next(&words, &period_us);
    next(&words, &ignored);
    const struct words stacks = words;
    if (period_us == 0 || period_us > UINT64_C(1) << 40)
        return error_set(error, "%s: its period of %" PRIu64 " us cannot be", import->name,
                         period_us);
    result = skip_stacks(&words, error);
    if (result == 0)
        result = read_mappings(import, words.at, &modules, error);
    if (result == 0 && modules.count == 0 && import->binary != NULL)
        result = import_add_binary(&modules, import->binary, error);
    if (result == 0)
        result = import_open_modules(&modules, import->profile, error);
    if (result == 0 && import_begin_samples(import, period_us * 1000) != 0)
        result = import_out_of_memory(error);
    if (result == 0) {
        const size_t end = words.at;
        words = stacks;
        result = add_stacks(import, &modules, &words, end, error);
    }
    import_free_modules(&modules);
    return result;
}

const struct import_format import_gperftools = {"gperftools", sniff, read_gperftools};
