/* SPDX-License-Identifier: MIT */
/*
 * The profile: filled by every reader, used by every writer and analysis. It has the structure of
 * pprof's profile.proto: samples are call stacks with values, and values are named columns with
 * units. Code that uses a profile knows a column only by its name and unit.
 *
 * Strings are interned in the profile and live as long as it does; within one profile equal strings
 * are the same pointer. Samples, locations, functions and mappings refer to each other by index
 * (not id). Indices count from 0 and are always valid: whoever builds a profile checks them before
 * adding.
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
    uint32_t function; /* index of the function */
    int64_t line;      /* 0 unknown */
    int64_t column;
};

struct profile_location {
    uint32_t mapping; /* index of the mapping, or PROFILE_NONE */
    uint64_t address; /* 0 for a pseudo frame */
    bool is_folded;
    uint32_t line_count; /* innermost inlined function first, the out-of-line one last */
    struct profile_line *lines;
};

/* The key of the numeric tag that says how long the calls of a sample took. */
#define PROFILE_DURATION_TAG "duration"

struct profile_tag { /* pprof calls it Label; here "label" means cinstr_set_label() */
    const char *key;
    const char *text; /* NULL: the tag is a number */
    int64_t number;
    const char *unit; /* the number's unit, "" none */
};

struct profile_sample {
    uint32_t depth;
    uint32_t *locations; /* indices of locations, innermost first */
    int64_t *values;     /* one for each value type */
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

    struct profile_storage *storage; /* holds the interned strings and the arrays */
};

/* The function of a sample that is not a context: the time that other contexts have too much, in
 * sum. Since it is not known which ones, it is subtracted from none. */
#define PROFILE_UNPLACED "[unplaced]"

/* Limits a number to what a profile's value can hold. */
static inline int64_t profile_limited(uint64_t value) {
    return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

/* Creates an empty profile; NULL when out of memory. */
struct profile *profile_new(void);
void profile_free(struct profile *profile);

/* Interns `text`. NULL gives "". Returns NULL only when out of memory. */
const char *profile_string(struct profile *profile, const char *text);
const char *profile_string_sized(struct profile *profile, const char *text, size_t size);

/* Each adds one element and returns its index, or PROFILE_NONE with errno set: ENOMEM, or EINVAL
 * for a value type after the first sample. The argument is copied and its strings are interned,
 * NULL becoming "". Indices in it must be valid. If an equal mapping, function, location or
 * comment exists, its index is returned. */
uint32_t profile_add_value_type(struct profile *profile, const char *name, const char *unit);
uint32_t profile_add_mapping(struct profile *profile, const struct profile_mapping *mapping);
uint32_t profile_add_function(struct profile *profile, const struct profile_function *function);
uint32_t profile_add_location(struct profile *profile, const struct profile_location *location);
uint32_t profile_add_comment(struct profile *profile, const char *text);

/* Adds a sample. If one with the same locations and tags exists, the values are added to it. The
 * order of tags means nothing: they are kept sorted by key. Tags that pprof cannot express (an
 * empty text, or a number 0 without a unit) are left out. PROFILE_NONE with errno set: ENOMEM,
 * EINVAL when there are no value types, EOVERFLOW when a sum is too large (nothing is added
 * then). */
uint32_t profile_add_sample(struct profile *profile, const struct profile_sample *sample);

/* How long each call of the sample took, in ns, by its tag; 0: it does not say. */
int64_t profile_sample_duration(const struct profile_sample *sample);

/* Whether all values of the sample are 0. */
bool profile_sample_is_zero(const struct profile *profile, const struct profile_sample *sample);

/* Index of the value type of that name, or PROFILE_NONE. */
uint32_t profile_find_value_type(const struct profile *profile, const char *name);

/* Whether values of this type only grow while a process runs: the unit is "count", and it is not
 * a level (inuse_*, goroutine). */
bool profile_value_type_is_counter(const struct profile_value_type *type);

/* after - before, sample by sample; samples match if their stacks match, as in pprof, and their
 * tags. Both profiles need the same value types. A counter below 0 is an error that names the
 * stack, since exact counters only grow. Use it for values that were not corrected; for times
 * see difference.h. Samples that are 0 are left out. Returns a new profile, NULL with `error`
 * filled. */
struct profile *profile_subtract(const struct profile *after, const struct profile *before,
                                 struct error *error);

/* Adds up any number of profiles with the same value and period types. Samples that are 0 are
 * left out, with everything that only they refer to. With one profile alone, this removes its
 * unused parts. */
struct profile *profile_merge(const struct profile *const *profiles, size_t count,
                              struct error *error);

/* The same one by one, for any number of profiles: only the sum is in memory. After an error the
 * sum can only be freed. End returns it, NULL when nothing was added. */
struct profile_merge *profile_merge_new(struct error *error);
int profile_merge_add(struct profile_merge *merge, const struct profile *profile,
                      struct error *error);
struct profile *profile_merge_end(struct profile_merge *merge);

/* Writes pprof's format, gzip'd, to a file descriptor, which stays open. A profile without a
 * time gets the present one, without which pprof cannot tell concatenated profiles apart. */
int profile_write_pprof(const struct profile *profile, int fd, struct error *error);

/* Reads any valid pprof file, gzip'd or not. `name` is for messages. NULL with `error` filled.
 * Limits: a file of 1 GiB, inflating to 256 MiB or 64 times its size (8 GiB at most); 1,048,576
 * frames in a stack; 8 MiB in one message; memory for the profile of 2 GiB plus 64 times the
 * file's size. A string ends at its first NUL. */
#define PROFILE_MAX_DEPTH (1u << 20)
struct profile *profile_read_pprof(int fd, const char *name, struct error *error);
struct profile *profile_parse_pprof(const void *data, size_t size, const char *name,
                                    struct error *error);

#endif
