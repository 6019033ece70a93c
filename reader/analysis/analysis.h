/* SPDX-License-Identifier: MIT */
/*
 * What a profile says of its functions, call edges and call tree: sums over its samples, exact
 * where the samples are. Called by the report writers and the command; works on any profile,
 * Go's own included. Sums are checked: values from a file never overflow silently.
 *
 * A sample's values belong to its innermost frame. "self" of a function sums the samples in which
 * it is that frame, "total" those with it anywhere in the stack, once a sample however often it
 * stands there. An edge is a caller and a callee next to each other: its self sums the samples
 * whose two innermost frames they are (so self of `calls` is the edge's exact count), its total
 * those that hold the pair anywhere. Functions are told apart by name and file.
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

/* Of the call tree; node 0 is its root and stands for no function. A parent has a lower index than
 * its children. */
struct analysis_node {
    uint32_t parent;
    uint32_t function; /* PROFILE_NONE: the root */
    uint32_t depth;    /* 0 the root */
};

/* Sums of every value type for each row: [row][self, total][type]. */
struct analysis_sums {
    int64_t *values;
    uint32_t types;
    uint32_t count, capacity; /* rows */
};

/* Of the durations of a row's calls, in ns as measured, probes included; all 0: unknown. */
struct analysis_spread {
    int64_t p50, p90, p99, longest;
};

/* Value types that tell of another how well it is known; PROFILE_NONE: none does. */
struct analysis_errors {
    struct profile_error columns;
    uint32_t samples; /* the times were sampled: how many samples they are from */
};

struct analysis {
    const struct profile *profile;
    uint32_t value_type;           /* index: the one that is looked at */
    uint32_t count_type;           /* how often: calls, samples, objects; PROFILE_NONE none */
    struct analysis_errors errors; /* of value_type */
    uint32_t sample_count;         /* samples in focus */
    int64_t *totals;               /* of each value type, over the samples in focus */
    bool has_focus;

    struct analysis_function *functions;
    struct analysis_edge *edges;
    struct analysis_node *nodes;
    struct analysis_sums function_sums, edge_sums, node_sums; /* same index as these */

    /* Where the profile has a histogram of durations, else NULL; same index as functions, edges. */
    struct analysis_spread *function_spreads, *edge_spreads;

    struct analysis_frames *frames; /* its own: which functions each location stands for */
};

struct analysis_options {
    const char *value;    /* name of a value type; NULL the profile's default */
    const regex_t *focus; /* only samples with a matching function in their stack; NULL all */
};

/* Functions are summed up at once, edges, tree and durations when asked for. NULL, or -1, with
 * `error` filled. The profile must outlive the analysis. */
struct analysis *analysis_new(const struct profile *profile, const struct analysis_options *options,
                              struct error *error);
int analysis_add_edges(struct analysis *analysis, struct error *error);
int analysis_add_tree(struct analysis *analysis, struct error *error);
int analysis_add_durations(struct analysis *analysis, struct error *error); /* after the edges */
void analysis_free(struct analysis *analysis);

/* Index of the value type that says how often what `value_type` measures happened; PROFILE_NONE. */
uint32_t analysis_count_type(const struct profile *profile, uint32_t value_type);

/* --- what is known of the times (analysis_errors.c) ------------------------------------------- */

struct analysis_errors analysis_errors_of(const struct profile *profile, uint32_t value_type);

/* Whether a value type is for itself: not one that tells of others how well they are known. */
bool analysis_is_shown(const struct profile *profile, uint32_t value_type);

/* Whether anything is known of how well the value looked at is known. */
bool analysis_has_errors(const struct analysis *analysis);

/* One standard error of a row's self or total of the value looked at; below 0: unknown. */
double analysis_error(const struct analysis *analysis, const struct analysis_sums *sums,
                      uint32_t row, bool is_total);

/* A value over all samples. With a focus that is their sum; else it is the time that the profile
 * states: the rows together have what is unplaced, and what some could not pay of their probes, as
 * well. */
struct analysis_sum {
    double value;
    double error; /* one standard error; below 0: unknown */
    double
        plain_error; /* the same, as an estimate of what a plain build takes; below 0: not said */
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
