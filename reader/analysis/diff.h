/* SPDX-License-Identifier: MIT */
/*
 * Two builds or runs of a program side by side: for each function and each call edge its calls and
 * a value (time, bytes, ...) of old and new, and where the change comes from. Works on any value of
 * any pprof profiles; several profiles of a side are averaged. Called by the command.
 *
 * Functions are matched by name (names.h). An edge that both sides have changed by more calls or by
 * dearer ones (diff_split.h); one that only one side has is a caller that is new or gone. Those
 * four parts of a row add up to the change of its self value, and a function's are the sums of its
 * edges'.
 *
 * Causes say where the whole change began. In the tree of matched contexts (diff_tree.h) a
 * context's self value is a product: calls of the outermost function, times calls of the next one
 * for each of those, and so on, times self value for each call. What a factor changed, it changed
 * in all that hangs on it. So "parse calls scan 50 times a call, not once" has all that the
 * additional scans took with all that they call, and what was merely called by them more often has
 * none of it. The effects of all causes add up to the whole change.
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

/* One quantity on both sides. `error` is half a 95 % interval: 0 exact, NAN unknown. Of several
 * profiles of a side: the mean, whose interval holds their spread (Student's t). */
struct diff_amount {
    double mean[2];
    double error[2];
    bool varies; /* profiles of one side have not all the same */
};

/* A change of a self value by cause. */
struct diff_parts {
    double calls; /* more calls, or fewer */
    double cost;  /* dearer calls, or cheaper */
    double added; /* callers that are new */
    double gone;  /* callers that are gone; not above 0, unless values were below */
};

struct diff_row {
    uint32_t caller;   /* index into functions; PROFILE_NONE: of functions, and outermost calls */
    uint32_t function; /* index into functions */
    bool is_in[2];     /* false, both: a function that no sample has; it is not to be shown */
    struct diff_amount calls, self, total;
    struct diff_parts parts; /* of the change of self */
};

/* Of the tree of matched contexts; node 0 is its root and stands for no function. A parent has a
 * lower index than its children. */
struct diff_node {
    uint32_t parent, function;
    bool is_in[2];
    double calls[2], self[2];
};

enum diff_cause_kind {
    DIFF_CAUSE_CALLS, /* `caller` calls `function` more or less often, for each call of its own */
    DIFF_CAUSE_COST,  /* each call of `function` takes more or less in itself */
    DIFF_CAUSE_ADDED, /* `caller` calls `function`, which it did not */
    DIFF_CAUSE_GONE,  /* `caller` no longer calls `function` */
};

struct diff_cause {
    enum diff_cause_kind kind;
    uint32_t caller, function; /* caller PROFILE_NONE: outermost; of a cost: wherever */
    bool is_in[2];             /* which sides call it so */
    double effect;             /* what it adds to the value of the whole */
    double error;              /* half a 95 % interval of it; NAN unknown */
    double calls[2];           /* of `function` there */
    double caller_calls[2];    /* 0: not known */
    double self[2];            /* of a cost: of `function` in all those calls */
    double weight;             /* of a cost: diff_cause_ratio() has the use of it */
};

struct diff {
    const char *value, *unit; /* "wall", "nanoseconds" */
    const char *count;        /* "calls", "inuse_objects", ...; "" none */
    const char *program[2];   /* path; "" unknown */
    uint32_t runs[2];         /* profiles of each side */
    struct diff_amount value_total, count_total;

    struct diff_row *functions, *edges;
    struct diff_node *nodes;
    struct diff_cause *causes; /* largest effect first, whichever way */
    uint32_t function_count, edge_count, node_count, cause_count;
    struct diff_parts parts; /* the effects of all causes, by their kind */

    struct names *names;      /* name and file of functions[i] are names_function(names, i) */
    struct diff_build *build; /* what it is made of; its strings live as long */
};

struct diff_options {
    const char *value;            /* name of a value type; NULL: the default of the first profile */
    struct names_renames renames; /* of functions and files of the old side */
};

/* Begins a difference, adds the profiles of each side (which may be freed then) and ends it. NULL,
 * or -1, with `error` filled: a profile lacks the value, or a rename hits nothing. diff_free()
 * takes it at any stage, and NULL. `options` must outlive diff_finish(). */
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

/* Of a cost: new to old of what a call takes, each context compared with itself, where the means of
 * all calls also change with who calls. NAN: not known. */
double diff_cause_ratio(const struct diff_cause *cause);

static inline double diff_parts_sum(const struct diff_parts *parts) {
    return parts->calls + parts->cost + parts->added + parts->gone;
}

#endif
