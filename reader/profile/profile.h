/* SPDX-License-Identifier: MIT */
/*
 * The profile: what every reader fills and every writer and analysis takes. Its shape is that of
 * pprof's profile.proto: samples are call stacks with values; values are named columns with units;
 * nothing downstream knows what a column means beyond its name and unit.
 *
 * Strings are interned in the profile and live as long as it does; equal strings are the same
 * pointer within one profile. Indices (not ids) connect samples, locations, functions, mappings;
 * they are dense from 0 and always valid: whoever builds a profile checks before adding.
 */
#ifndef CINSTR_READER_PROFILE_H
#define CINSTR_READER_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "reader/base/error.h"

#define PROFILE_NONE UINT32_MAX

struct profile_value_type {
    const char *name; /* "calls", "wall", "cpu", ... */
    const char *unit; /* "count", "nanoseconds", "bytes", ... */
};

struct profile_mapping {
    uint64_t start, limit, offset;
    const char *file;
    const char *build_id; /* lower-case hex, "" unknown */
    bool has_functions, has_filenames, has_line_numbers, has_inline_frames;
};

struct profile_function {
    const char *name;        /* demangled */
    const char *system_name; /* as in the symbol table */
    const char *file;        /* "" unknown */
    int64_t start_line;      /* 0 unknown */
};

struct profile_line {
    uint32_t function; /* index */
    int64_t line;      /* 0 unknown */
    int64_t column;
};

struct profile_location {
    uint32_t mapping; /* index or PROFILE_NONE */
    uint64_t address; /* 0 for a pseudo frame */
    bool is_folded;
    uint32_t line_count; /* innermost inlined function first, the out-of-line one last */
    struct profile_line *lines;
};

/* The key of a numeric tag: how long the calls of a sample took. */
#define PROFILE_DURATION_TAG "duration"

struct profile_tag { /* pprof's Label; "label" is taken by cinstr_set_label() */
    const char *key;
    const char *text; /* NULL: a number */
    int64_t number;
    const char *unit; /* of the number, "" none */
};

struct profile_sample {
    uint32_t depth;
    uint32_t *locations; /* indices, leaf first */
    int64_t *values;     /* one a value type */
    uint32_t tag_count;
    struct profile_tag *tags;
};

struct profile {
    struct profile_value_type *value_types;
    uint32_t value_type_count;
    const char *default_value_type;        /* "" none */
    struct profile_value_type period_type; /* name "" when unset */
    int64_t period;
    int64_t time_ns; /* UTC, when the collection began */
    int64_t duration_ns;

    struct profile_mapping *mappings;
    struct profile_function *functions;
    struct profile_location *locations;
    struct profile_sample *samples;
    const char **comments;
    const char *drop_frames, *keep_frames, *doc_url; /* "" none */
    uint32_t mapping_count, function_count, location_count, sample_count, comment_count;

    struct profile_storage *storage; /* interned strings and arrays; the profile's own */
};

/* The function of a sample that is no context: what the others have too much, in sum. Whose it is
 * not is not known, so it was taken from none. */
#define PROFILE_UNPLACED "[unplaced]"

/* As a profile's values are: nothing larger than they can hold. */
static inline int64_t profile_limited(uint64_t value) {
    return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

/* Makes an empty profile; NULL when out of memory. */
struct profile *profile_new(void);
void profile_free(struct profile *profile);

/* Interns `text`. NULL gives "". Returns NULL only when out of memory. */
const char *profile_string(struct profile *profile, const char *text);
const char *profile_string_sized(struct profile *profile, const char *text, size_t size);

/* Each adds one element and returns its index, or PROFILE_NONE with errno set: ENOMEM, or EINVAL
 * for a value type after the first sample. What they are given is copied; strings in it are
 * interned, NULL being "". Indices in it must be valid. Mappings, functions, locations and comments
 * equal to one that is there already return that one's index. */
uint32_t profile_add_value_type(struct profile *profile, const char *name, const char *unit);
uint32_t profile_add_mapping(struct profile *profile, const struct profile_mapping *mapping);
uint32_t profile_add_function(struct profile *profile, const struct profile_function *function);
uint32_t profile_add_location(struct profile *profile, const struct profile_location *location);
uint32_t profile_add_comment(struct profile *profile, const char *text);

/* Adds a sample; one with the same locations and tags as another is added up into it. The order of
 * tags means nothing: they are kept sorted by key. Tags that pprof cannot express (an empty text,
 * or a number 0 without a unit) are left out. PROFILE_NONE with errno set: ENOMEM, EINVAL when
 * there are no value types, EOVERFLOW when a sum is too large (nothing is added then). */
uint32_t profile_add_sample(struct profile *profile, const struct profile_sample *sample);

/* Whether no value of the sample says anything. */
bool profile_sample_is_zero(const struct profile *profile, const struct profile_sample *sample);

/* Index of the value type of that name, or PROFILE_NONE. */
uint32_t profile_find_value_type(const struct profile *profile, const char *name);

/* Whether values of this type only grow while a process runs: its unit is "count", and it is no
 * level (inuse_*, goroutine). */
bool profile_value_type_is_counter(const struct profile_value_type *type);

/* after - before, sample by sample (matched by stack as pprof matches, and tags). Both need the
 * same value types. Values never go below zero for value types of kind counter: a negative
 * difference is an error that names the stack, since exact counters only grow. For what was not
 * corrected: of times see difference.h. Samples without a difference are left out. Returns a new
 * profile, NULL with `error` filled. */
struct profile *profile_subtract(const struct profile *after, const struct profile *before,
                                 struct error *error);

/* Adds up any number of profiles with the same value and period types; samples that are all zero
 * are left out, and with them what only they refer to. One profile alone is thereby tidied. */
struct profile *profile_merge(const struct profile *const *profiles, size_t count,
                              struct error *error);

/* The same one by one, for as many as there are: what is held is the sum so far. After an error the
 * sum is of no use but to be freed. End gives it, NULL when nothing was added. */
struct profile_merge *profile_merge_new(struct error *error);
int profile_merge_add(struct profile_merge *merge, const struct profile *profile,
                      struct error *error);
struct profile *profile_merge_end(struct profile_merge *merge);

/* pprof's format, gzip'd. To a file descriptor (which stays open). A profile without a time gets
 * the present one, since pprof cannot tell concatenated profiles apart without. */
int profile_write_pprof(const struct profile *profile, int fd, struct error *error);

/* Any valid pprof file, gzip'd or not. `name` is for messages. NULL with `error` filled; nothing is
 * read past these limits: a file of 1 GiB, inflating to 256 MiB or 64 times its size (8 GiB at
 * most); 1,048,576 frames in a stack; 8 MiB in one message; 2 GiB plus 64 times the file's size of
 * memory for the profile. A string ends at its first NUL. */
#define PROFILE_MAX_DEPTH (1u << 20)
struct profile *profile_read_pprof(int fd, const char *name, struct error *error);
struct profile *profile_parse_pprof(const void *data, size_t size, const char *name,
                                    struct error *error);

#endif
