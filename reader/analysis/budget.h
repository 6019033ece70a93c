/* SPDX-License-Identifier: MIT */
/*
 * Which functions to leave out so that the program, instrumented anew, stays within a budget: those
 * that are only counted, and those that are no longer recorded, by cost saved against information
 * lost. Works on a profile that states what its probes took. Called by `cinstr filter`. It decides,
 * and writes no list.
 *
 * Cost is calls times the average cost of a call's probes. The loss is the function's own time,
 * which the next profile gives to its callers. Both are estimates: they hold for a program that
 * does next time what it did this time.
 */
#ifndef CINSTR_READER_BUDGET_H
#define CINSTR_READER_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"

/* What a call that is only counted costs, as a share of a timed call: see docs/plugin.md. */
#define BUDGET_COUNT_SHARE 0.4

enum budget_choice { BUDGET_TIME, BUDGET_COUNT, BUDGET_SKIP };

struct budget_function {
    const char *name;        /* demangled; belongs to the profile */
    const char *system_name; /* the symbol, by which functions are told apart */
    int64_t calls;
    double self_ns;
    double cost_ns; /* nanoseconds of all its calls' probes */
    enum budget_choice choice;
};

struct budget_options {
    double share;   /* what the probes may add, as a share of the plain run time */
    bool can_count; /* functions can be counted; else they are timed or skipped */
    /* Whether skipping one function skips the other as well; NULL: only itself. */
    bool (*covers)(const struct budget_function *skipped, const struct budget_function *other);
};

struct budget {
    struct budget_function *functions;
    uint32_t count;
    double base_ns;     /* the program's own time: CPU time, or else wall time */
    double error;       /* relative: 0.1 if it may be a tenth more or less (95 %); 0 unknown */
    double overhead_ns; /* time of all probes, as the profile states it */
    double kept_ns;     /* time of the probes that remain */
    double lost_ns;     /* own time of functions that will no longer be timed */
};

/* `baseline_seconds` is the run time of a plain build; 0: unknown, the profile's estimate is
 * used. NULL with `error` filled: no memory, or a profile that does not say what its probes
 * took. The profile must live longer. */
struct budget *budget_new(const struct profile *profile, double baseline_seconds,
                          struct error *error);
void budget_free(struct budget *budget);

/* The same from the profile's sums alone; 0 where it does not state them. */
double budget_measure(const struct profile *profile);

/* Makes the choices. A budget that nothing can meet leaves nothing timed. */
int budget_choose(struct budget *budget, const struct budget_options *options, struct error *error);

/* The predicted run time as a multiple of that without probes: 1.1 is a tenth longer. */
static inline double budget_slowdown(const struct budget *budget) {
    return 1 + budget->overhead_ns / budget->base_ns;
}

static inline double budget_predicted(const struct budget *budget) {
    return 1 + budget->kept_ns / budget->base_ns;
}

#endif
