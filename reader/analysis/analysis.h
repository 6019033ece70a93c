/* SPDX-License-Identifier: MIT */
/*
 * Functions, call edges and call tree of a profile: sums over its samples, exact where the samples
 * are. Called by the report writers and the command; works on any profile, Go's included. Sums are
 * checked: values from a file never overflow silently.
 *
 * A sample's values belong to its innermost frame. A function's "self" is the sum of samples whose
 * innermost frame it is; its "total" is the sum of samples that have it anywhere in the stack, each
 * counted once. An edge is a caller and a callee next to each other: its self is the sum of samples
 * whose innermost two frames they are (so the self of `calls` is the edge's exact count), its total
 * the sum of those that have the pair anywhere. Functions are told apart by name and file.
 */
#ifndef CINSTR_READER_ANALYSIS_H
#define CINSTR_READER_ANALYSIS_H

#include <regex.h>
#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"
#include "reader/profile/profile_error.h"

struct analysis_function {
    const char *name; /* "[module]" for frames without a symbol */
    const char *file; /* "" unknown */
    int64_t line;     /* where it starts, 0 unknown */
};

struct analysis_edge {
    uint32_t caller; /* index into functions; PROFILE_NONE: the callee is outermost */
    uint32_t callee;
};

/* A node of the call tree. Node 0 is the root and stands for no function. A parent has a lower
 * index than its children. */
struct analysis_node {
    uint32_t parent;
    uint32_t function; /* index of the function; PROFILE_NONE: the root */
    uint32_t depth;    /* 0 the root */
};

/* Sums of every value type for each row: [row][self, total][type]. */
struct analysis_sums {
    int64_t *values;
    uint32_t types;
    uint32_t count, capacity; /* rows */
};

/* Durations of a row's calls, in ns as measured, probes included; all 0: unknown. */
struct analysis_spread {
    int64_t p50, p90, p99, longest;
};

/* Value types that say how well another is known; PROFILE_NONE: there is none. */
struct analysis_errors {
    struct profile_error columns;
    uint32_t samples; /* times were sampled: the value type that counts the samples */
};

struct analysis {
    const struct profile *profile;
    uint32_t value_type;           /* index of the chosen value type */
    uint32_t count_type;           /* of calls, samples or objects; PROFILE_NONE none */
    struct analysis_errors errors; /* for value_type */
    uint32_t sample_count;         /* number of samples in focus */
    int64_t *totals;               /* sums of each value type over the samples in focus */
    bool has_focus;

    struct analysis_function *functions;
    struct analysis_edge *edges;
    struct analysis_node *nodes;
    struct analysis_sums function_sums, edge_sums, node_sums; /* same index as these */

    /* NULL unless the profile has a histogram of durations; same index as functions, edges. */
    struct analysis_spread *function_spreads, *edge_spreads;

    struct analysis_frames *frames; /* private: which functions each location stands for */
};

struct analysis_options {
    const char *value;    /* name of a value type; NULL the profile's default */
    const regex_t *focus; /* only samples with a matching function in their stack; NULL: all */
    bool is_part; /* the profile lacks samples: what it states of their sums does not hold */
};

/* The message if durations are asked for and the profile has none. */
#define ANALYSIS_NO_DURATIONS                                                                      \
    "the profile has no durations of calls; record it with `cinstr run --histogram`, or with "     \
    "CINSTR_OPTIONS=histogram=1"

/* Functions are summed up at once, edges, tree and durations on request. NULL, or -1, with
 * `error` filled. The profile must live longer than the analysis. */
struct analysis *analysis_new(const struct profile *profile, const struct analysis_options *options,
                              struct error *error);
int analysis_add_edges(struct analysis *analysis, struct error *error);
int analysis_add_tree(struct analysis *analysis, struct error *error);
int analysis_add_durations(struct analysis *analysis, struct error *error); /* after edges */
void analysis_free(struct analysis *analysis);

/* Index of the value type that counts the events which `value_type` measures; PROFILE_NONE none. */
uint32_t analysis_count_type(const struct profile *profile, uint32_t value_type);

/* --- what is known of the times (analysis_errors.c) ------------------------------------------- */

struct analysis_errors analysis_errors_of(const struct profile *profile, uint32_t value_type);

/* Whether a value type is a value itself, not the error of another. */
bool analysis_is_shown(const struct profile *profile, uint32_t value_type);

/* Whether the error of the chosen value is known. */
bool analysis_has_errors(const struct analysis *analysis);

/* One standard error of a row's self or total of the chosen value; below 0: unknown. */
double analysis_error(const struct analysis *analysis, const struct analysis_sums *sums,
                      uint32_t row, bool is_total);

/* A value over all samples. With a focus it is their sum. Without, it is the time that the
 * profile states; the rows together have the unplaced time and the excess as well. */
struct analysis_sum {
    double value;
    double error;       /* one standard error; below 0: unknown */
    double plain_error; /* the same, as an estimate of a plain build's time; below 0: not stated */
};
struct analysis_sum analysis_sum(const struct analysis *analysis, uint32_t value_type);

static inline int64_t analysis_self(const struct analysis_sums *sums, uint32_t row, uint32_t type) {
    return sums->values[((size_t)row * 2) * sums->types + type];
}

static inline int64_t analysis_total(const struct analysis_sums *sums, uint32_t row,
                                     uint32_t type) {
    return sums->values[((size_t)row * 2 + 1) * sums->types + type];
}

#endif
