/* SPDX-License-Identifier: MIT */
/*
 * See names.h. Each level of matching groups the known functions and the added ones by a key; a
 * group with one of each is a match. Strings are interned, so that a key is two pointers.
 */
#include "names.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1 /* uthash shows it by hh.tbl == NULL, not by exit() */
#include <uthash.h>

enum level { BY_PATH, BY_BASE_NAME, BY_NAME, LEVELS };

struct names {
    struct profile *strings; /* holds interned strings alone */
    struct analysis_function *functions;
    uint32_t count, capacity;
};

struct key {
    const char *name, *file;
};

struct group {
    UT_hash_handle hh;
    struct key key;
    uint32_t known, known_count; /* the last one of it, how many */
    uint32_t added_count;
};

struct addition {
    struct names *names;
    struct analysis_function *functions; /* of the profile, renamed, with strings of `names` */
    uint32_t count;
    uint32_t *numbers;
    struct group *room, *groups; /* where they lie; their hash */
    uint32_t group_count;
};

struct names *names_new(void) {
    struct names *names = calloc(1, sizeof(*names));
    if (names == NULL)
        return NULL;
    names->strings = profile_new();
    if (names->strings == NULL) {
        free(names);
        return NULL;
    }
    return names;
}

void names_free(struct names *names) {
    if (names == NULL)
        return;
    profile_free(names->strings);
    free(names->functions);
    free(names);
}

uint32_t names_count(const struct names *names) {
    return names->count;
}

const struct analysis_function *names_function(const struct names *names, uint32_t number) {
    return &names->functions[number];
}

/* --- names as they are matched ---------------------------------------------------------------- */

/* Where in `path` the part begins that equals `end`: the whole path, or what follows a '/'.
 * NULL: nowhere. */
static const char *path_end(const char *path, const char *end) {
    const size_t length = strlen(path), end_length = strlen(end);
    if (end_length == 0 || end_length > length || strcmp(path + length - end_length, end) != 0)
        return NULL;
    const char *at = path + length - end_length;
    return at == path || at[-1] == '/' ? at : NULL;
}

bool names_matches(const char *text, const struct analysis_function *function) {
    return strcmp(function->name, text) == 0 || path_end(function->file, text) != NULL;
}

/* `path` with everything from `at` on replaced by `to`; NULL: out of memory. */
static const char *replace_end(struct names *names, const char *path, const char *at,
                               const char *to) {
    const size_t kept = (size_t)(at - path), length = strlen(to);
    char *text = malloc(kept + length + 1);
    if (text == NULL)
        return NULL;
    memcpy(text, path, kept);
    memcpy(text + kept, to, length + 1);
    const char *replaced = profile_string(names->strings, text);
    free(text);
    return replaced;
}

/* False: out of memory. */
static bool copy_function(struct names *names, const struct analysis_function *function,
                          const struct names_renames *renames, struct analysis_function *copy) {
    const char *name = function->name, *file = function->file;
    copy->line = function->line;
    for (uint32_t i = 0; renames != NULL && i < renames->count; i++) {
        const struct names_rename *rename = &renames->list[i];
        const char *at = path_end(file, rename->from);
        if (strcmp(name, rename->from) == 0)
            name = rename->to;
        else if (at != NULL && (file = replace_end(names, file, at, rename->to)) == NULL)
            return false;
    }
    copy->name = profile_string(names->strings, name);
    copy->file = profile_string(names->strings, file);
    return copy->name != NULL && copy->file != NULL;
}

/* --- matching --------------------------------------------------------------------------------- */

static struct key key_of(const struct analysis_function *function, enum level level,
                         struct profile *strings) {
    const char *slash = strrchr(function->file, '/');
    struct key key = {.name = function->name, .file = function->file};
    if (level == BY_NAME)
        key.file = NULL;
    else if (level == BY_BASE_NAME && slash != NULL)
        key.file = profile_string(strings, slash + 1);
    return key;
}

/* The group of a key, added if it is new; NULL: out of memory. */
static struct group *group_of(struct addition *addition, const struct analysis_function *function,
                              enum level level) {
    const struct key key = key_of(function, level, addition->names->strings);
    struct group *group;
    if (level != BY_NAME && key.file == NULL)
        return NULL;
    HASH_FIND(hh, addition->groups, &key, sizeof(key), group);
    if (group != NULL)
        return group;
    group = &addition->room[addition->group_count++];
    *group = (struct group){.key = key};
    HASH_ADD(hh, addition->groups, key, sizeof(key), group);
    return group->hh.tbl != NULL ? group : NULL;
}

static bool fill_groups(struct addition *addition, enum level level) {
    struct group *group;
    HASH_CLEAR(hh, addition->groups);
    addition->group_count = 0;
    for (uint32_t i = 0; i < addition->names->count; i++) {
        if ((group = group_of(addition, &addition->names->functions[i], level)) == NULL)
            return false;
        group->known = i;
        group->known_count++;
    }
    for (uint32_t i = 0; i < addition->count; i++) {
        if ((group = group_of(addition, &addition->functions[i], level)) == NULL)
            return false;
        group->added_count++;
    }
    return true;
}

/* The group of a coarse key includes those of finer keys: a function that is matched already is
 * never alone in it, except with its match. */
static bool match(struct addition *addition, enum level level) {
    if (!fill_groups(addition, level))
        return false;
    for (uint32_t i = 0; i < addition->count; i++) {
        const struct group *group = group_of(addition, &addition->functions[i], level);
        if (addition->numbers[i] == PROFILE_NONE && group->known_count == 1 &&
            (level == BY_PATH || group->added_count == 1))
            addition->numbers[i] = group->known;
    }
    return true;
}

/* --- numbers ---------------------------------------------------------------------------------- */

static uint32_t new_number(struct names *names) {
    if (names->count == names->capacity) {
        const uint64_t wanted = names->capacity == 0 ? 256 : (uint64_t)names->capacity * 2;
        struct analysis_function *functions =
            wanted < PROFILE_NONE ? reallocarray(names->functions, wanted, sizeof(*functions))
                                  : NULL;
        if (functions == NULL)
            return PROFILE_NONE;
        names->functions = functions;
        names->capacity = (uint32_t)wanted;
    }
    return names->count++;
}

/* A function that matched nothing is new; the others are described by this profile from now on. */
static bool settle(struct addition *addition) {
    if (!fill_groups(addition, BY_PATH))
        return false;
    for (uint32_t i = 0; i < addition->count; i++) {
        struct group *group = group_of(addition, &addition->functions[i], BY_PATH);
        uint32_t *number = &addition->numbers[i];
        if (*number == PROFILE_NONE && group->known_count == 0) {
            group->known = new_number(addition->names);
            group->known_count = 1;
        }
        if (*number == PROFILE_NONE)
            *number = group->known;
        if (*number == PROFILE_NONE)
            return false;
        addition->names->functions[*number] = addition->functions[i];
    }
    return true;
}

static bool add(struct addition *addition, const struct analysis *analysis,
                const struct names_renames *renames) {
    for (uint32_t i = 0; i < addition->count; i++) {
        addition->numbers[i] = PROFILE_NONE;
        if (!copy_function(addition->names, &analysis->functions[i], renames,
                           &addition->functions[i]))
            return false;
    }
    for (enum level level = BY_PATH; level < LEVELS; level++) {
        if (!match(addition, level))
            return false;
    }
    return settle(addition);
}

uint32_t *names_add(struct names *names, const struct analysis *analysis,
                    const struct names_renames *renames, struct error *error) {
    const uint32_t count = analysis->function_sums.count;
    struct addition addition = {.names = names, .count = count};
    addition.functions = calloc((size_t)count + 1, sizeof(*addition.functions));
    addition.numbers = calloc((size_t)count + 1, sizeof(*addition.numbers));
    addition.room = calloc((size_t)count + names->count + 1, sizeof(*addition.room));
    const bool good = addition.functions != NULL && addition.numbers != NULL &&
                      addition.room != NULL && add(&addition, analysis, renames);
    HASH_CLEAR(hh, addition.groups);
    free(addition.functions);
    free(addition.room);
    if (good)
        return addition.numbers;
    free(addition.numbers);
    error_set(error, "not enough memory to match %u functions by name", count);
    return NULL;
}
