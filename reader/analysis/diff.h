/* SPDX-License-Identifier: MIT */
/*
 * Compares two builds or runs of a program: the calls and a value (time, bytes, ...) of each
 * function and each call edge, old and new, and where the change comes from. Works on any value of
 * any pprof profiles; several profiles of a side are averaged. Called by the command.
 *
 * Functions are matched by name (names.h). An edge that both sides have changed by more calls or by
 * dearer ones (diff_split.h); an edge that one side has is a caller that is new or gone. These four
 * parts of a row add up to the change of its self value; a function's parts are the sums of its
 * edges'.
 *
 * Causes say where the change began. In the tree of matched contexts (diff_tree.h) a context's self
 * value is a product: calls of the outermost function, times calls of the next one for each of
 * those, and so on, times the self value for each call. A factor that changed affects everything
 * below it. So the cause "parse calls scan 50 times a call, not once" has the whole cost of the
 * additional scans, with everything that they call, and whatever these merely call more often is no
 * cause. The effects of all causes add up to the whole change.
 */
#ifndef CINSTR_READER_DIFF_H
#define CINSTR_READER_DIFF_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "names.h"
#include "reader/base/error.h"
#include "reader/profile/profile.h"

enum diff_side { DIFF_OLD, DIFF_NEW };

/* One quantity on both sides. `error` is half a 95 % interval: 0 exact, NAN unknown. With
 * several profiles of a side it is the mean, and the interval includes their spread (Student's
 * t). */
struct diff_amount {
    double mean[2];
    double error[2];
    bool varies; /* the profiles of one side differ */
};

/* The parts of the change of a self value. */
struct diff_parts {
    double calls; /* more calls, or fewer */
    double cost;  /* dearer calls, or cheaper */
    double added; /* callers that are new */
    double gone;  /* callers that are gone; at most 0 unless values were negative */
};

struct diff_row {
    uint32_t caller;   /* a function; PROFILE_NONE: a row of a function, an outermost call */
    uint32_t function; /* index into functions */
    bool is_in[2];     /* both false: a function without any sample, which is not shown */
    struct diff_amount calls, self, total;
    struct diff_parts parts; /* of the change of self */
};

/* A node of the tree of matched contexts. Node 0 is the root and stands for no function. A
 * parent has a lower index than its children. */
struct diff_node {
    uint32_t parent, function;
    bool is_in[2];
    double calls[2], self[2];
};

enum diff_cause_kind {
    DIFF_CAUSE_CALLS, /* `caller` calls `function` more or less often, for each of its own calls */
    DIFF_CAUSE_COST,  /* a call of `function` itself costs more or less */
    DIFF_CAUSE_ADDED, /* `caller` calls `function`, which it did not before */
    DIFF_CAUSE_GONE,  /* `caller` no longer calls `function` */
};

struct diff_cause {
    enum diff_cause_kind kind;
    uint32_t caller, function; /* caller PROFILE_NONE: outermost; for a cost: any caller */
    bool is_in[2];             /* the sides that have this call */
    double effect;             /* its share of the change of the whole */
    double error;              /* half of its 95 % interval; NAN unknown */
    double calls[2];           /* calls of `function` there */
    double caller_calls[2];    /* calls of the caller; 0: unknown */
    double self[2];            /* of a cost: self value of `function` in all these calls */
    double weight;             /* of a cost: for diff_cause_ratio() */
};

struct diff {
    const char *value, *unit; /* "wall", "nanoseconds" */
    const char *count;        /* the count of events, "calls", "inuse_objects", ...; "" none */
    const char *program[2];   /* path; "" unknown */
    uint32_t runs[2];         /* number of profiles of each side */
    struct diff_amount value_total, count_total;

    struct diff_row *functions, *edges;
    struct diff_node *nodes;
    struct diff_cause *causes; /* largest effect first, positive or negative */
    uint32_t function_count, edge_count, node_count, cause_count;
    struct diff_parts parts; /* sums of the effects by kind of cause */

    struct names *names;      /* name and file of functions[i] are names_function(names, i) */
    struct diff_build *build; /* what it was made from; holds the strings */
};

struct diff_options {
    const char *value;            /* name of a value type; NULL: the default of the first profile */
    struct names_renames renames; /* renames of functions and files of the old side */
};

/* Begins a difference, adds the profiles of each side (which may be freed afterwards) and ends
 * it. NULL, or -1, with `error` filled: a profile lacks the value, or a rename matches nothing.
 * diff_free() accepts a difference at any stage, and NULL. `options` must live until
 * diff_finish() returns. */
struct diff *diff_new(const struct diff_options *options, struct error *error);
int diff_add(struct diff *diff, enum diff_side side, const struct profile *profile,
             struct error *error);
int diff_finish(struct diff *diff, struct error *error);
void diff_free(struct diff *diff);

static inline double diff_change(const struct diff_amount *amount) {
    return amount->mean[DIFF_NEW] - amount->mean[DIFF_OLD];
}

/* Half the 95 % interval of the change; NAN unknown. */
static inline double diff_change_error(const struct diff_amount *amount) {
    return hypot(amount->error[DIFF_OLD], amount->error[DIFF_NEW]);
}

/* For a cost: new cost of a call divided by the old, comparing each context with itself; the
 * means over all calls also change with the callers. NAN: unknown. */
double diff_cause_ratio(const struct diff_cause *cause);

#endif
