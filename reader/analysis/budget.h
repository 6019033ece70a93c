/* SPDX-License-Identifier: MIT */
/*
 * What to leave out so that a program instrumented anew stays within a budget: which functions are
 * counted without a clock, and which are no longer recorded, by cost saved against information
 * lost. Works on a profile that states what its probes took. Called by `cinstr filter`; it decides,
 * and never writes a list.
 *
 * Cost is calls times what a call's probes cost on average. What is lost is the function's own
 * time, which the next profile gives to its callers. Both are estimates: they hold for a program
 * that does next time what it did this time.
 */
#ifndef CINSTR_READER_BUDGET_H
#define CINSTR_READER_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"

/* Of what a timed call costs, a call that is only counted: see docs/plugin.md. */
#define BUDGET_COUNT_SHARE 0.4

enum budget_choice { BUDGET_TIME, BUDGET_COUNT, BUDGET_SKIP };

struct budget_function {
    const char *name;        /* demangled; the profile's */
    const char *system_name; /* functions are told apart by this */
    int64_t calls;
    double self_ns;
    double cost_ns; /* of all its calls' probes */
    enum budget_choice choice;
};

struct budget_options {
    double share;   /* of the plain run time: what the probes may add */
    bool can_count; /* else functions are timed or skipped */
    /* Whether skipping one function skips the other as well; NULL: itself alone. */
    bool (*covers)(const struct budget_function *skipped, const struct budget_function *other);
};

struct budget {
    struct budget_function *functions;
    uint32_t count;
    double base_ns;     /* the program's own time: CPU time, or else wall time */
    double error;       /* of that: 0.1 if it may be a tenth more or less (95 %); 0 unknown */
    double overhead_ns; /* of all probes, as the profile states it */
    double kept_ns;     /* of the probes that stay */
    double lost_ns;     /* own time of functions that are no longer timed */
};

/* `baseline_seconds`: what a plain build takes; 0 unknown, and taken as the profile has it. NULL
 * with `error` filled: no memory, or a profile that does not say what its probes took. The profile
 * must outlive it. */
struct budget *budget_new(const struct profile *profile, double baseline_seconds,
                          struct error *error);
void budget_free(struct budget *budget);

/* The same of the profile's sums alone; 0 where they do not say it. */
double budget_measure(const struct profile *profile);

/* Makes the choices; budgets that nothing can meet leave nothing timed. */
int budget_choose(struct budget *budget, const struct budget_options *options, struct error *error);

/* How much longer the program takes than without probes: 1.1 is a tenth longer. */
static inline double budget_slowdown(const struct budget *budget) {
    return 1 + budget->overhead_ns / budget->base_ns;
}

static inline double budget_predicted(const struct budget *budget) {
    return 1 + budget->kept_ns / budget->base_ns;
}

#endif
