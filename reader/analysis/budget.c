/* SPDX-License-Identifier: MIT */
/*
 * See budget.h. A greedy choice. A step is to count a function instead of timing it, or to skip a
 * counted one. The step that saves most for the time that it loses comes first, until the rest fits
 * the budget; then steps that turn out to be unnecessary are undone, those of the most important
 * functions first.
 */
#include "budget.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->is_lost = true)
#include <uthash.h>

#include "reader/base/doubt.h"
#include "reader/profile/stated.h"

struct entry {
    const char *name;
    uint32_t index;
    bool is_lost; /* out of memory */
    UT_hash_handle hh;
};

struct tally {
    const struct profile *profile;
    struct budget *budget;
    struct entry *entries;
    struct entry *table;
    uint32_t calls, time, overhead; /* value types */
};

/* --- summing up ------------------------------------------------------------------------------- */

static int find_values(struct tally *tally, struct error *error) {
    const struct profile *profile = tally->profile;
    tally->calls = profile_find_value_type(profile, "calls");
    tally->overhead = profile_find_value_type(profile, "overhead");
    tally->time = profile_find_value_type(profile, "cpu");
    if (tally->time == PROFILE_NONE)
        tally->time = profile_find_value_type(profile, "wall");
    if (tally->calls == PROFILE_NONE || tally->overhead == PROFILE_NONE ||
        tally->time == PROFILE_NONE)
        return error_set(error, "does not say what its probes took: only profiles of cinstr do");
    return 0;
}

static struct budget_function *find_function(struct tally *tally,
                                             const struct profile_function *function) {
    struct budget *budget = tally->budget;
    const char *name = function->system_name;
    struct entry *entry;
    HASH_FIND(hh, tally->table, &name, sizeof(name), entry);
    if (entry != NULL)
        return &budget->functions[entry->index];
    entry = &tally->entries[budget->count];
    entry->name = name;
    entry->index = budget->count;
    HASH_ADD(hh, tally->table, name, sizeof(name), entry);
    if (entry->is_lost)
        return NULL;
    budget->functions[budget->count] =
        (struct budget_function){.name = function->name, .system_name = name};
    return &budget->functions[budget->count++];
}

/* Frames such as [truncated], and those without a name, are not functions that could be left
 * out. */
static bool is_function(const struct profile *profile, const struct profile_location *location) {
    const char *name = location->line_count == 0
                           ? ""
                           : profile->functions[location->lines[0].function].system_name;
    return location->mapping != PROFILE_NONE && name[0] != '\0' && name[0] != '[';
}

static void add_times(struct tally *tally, const struct profile_sample *sample) {
    tally->budget->base_ns += (double)sample->values[tally->time];
    tally->budget->overhead_ns += (double)sample->values[tally->overhead];
}

static int add_sample(struct tally *tally, const struct profile_sample *sample) {
    const struct profile *profile = tally->profile;
    const struct profile_location *location;
    add_times(tally, sample);
    if (sample->depth == 0)
        return 0;
    location = &profile->locations[sample->locations[0]];
    if (!is_function(profile, location))
        return 0;
    struct budget_function *function =
        find_function(tally, &profile->functions[location->lines[0].function]);
    if (function == NULL)
        return -1;
    function->calls += sample->values[tally->calls];
    function->self_ns += (double)sample->values[tally->time];
    return 0;
}

/* Everything that was measured beyond the plain run was the probes'. */
static int anchor(struct budget *budget, double base_ns, struct error *error) {
    const double scale = budget->base_ns > 0 ? base_ns / budget->base_ns : 0;
    if (base_ns >= budget->base_ns + budget->overhead_ns)
        return error_set(error, "took %.6f s with its probes: a plain run takes less",
                         (budget->base_ns + budget->overhead_ns) / 1e9);
    for (uint32_t i = 0; i < budget->count; i++)
        budget->functions[i].self_ns *= scale;
    budget->overhead_ns += budget->base_ns - base_ns;
    budget->base_ns = base_ns;
    budget->error = 0;
    return 0;
}

static int sum_up(struct tally *tally, double baseline_seconds, struct error *error) {
    struct budget *budget = tally->budget;
    struct stated_time stated;
    double calls = 0;
    if (find_values(tally, error) != 0)
        return -1;
    for (uint32_t i = 0; i < tally->profile->sample_count; i++) {
        if (add_sample(tally, &tally->profile->samples[i]) != 0)
            return error_set(error, "out of memory");
    }
    if (budget->base_ns <= 0 && baseline_seconds <= 0)
        return error_set(error, "no time of the program's own is in it: nothing to compare with");
    if (stated_time(tally->profile, &stated))
        budget->error = DOUBT_95 * stated.error / stated.seconds;
    if (baseline_seconds > 0 && anchor(budget, baseline_seconds * 1e9, error) != 0)
        return -1;
    for (uint32_t i = 0; i < budget->count; i++)
        calls += (double)budget->functions[i].calls;
    for (uint32_t i = 0; i < budget->count; i++)
        budget->functions[i].cost_ns =
            budget->overhead_ns * (double)budget->functions[i].calls / (calls > 0 ? calls : 1);
    budget->kept_ns = budget->overhead_ns;
    return 0;
}

struct budget *budget_new(const struct profile *profile, double baseline_seconds,
                          struct error *error) {
    struct tally tally = {.profile = profile, .budget = calloc(1, sizeof(*tally.budget))};
    const size_t room = (size_t)profile->function_count + 1;
    int result;
    if (tally.budget != NULL)
        tally.budget->functions = calloc(room, sizeof(*tally.budget->functions));
    tally.entries = calloc(room, sizeof(*tally.entries));
    if (tally.budget == NULL || tally.budget->functions == NULL || tally.entries == NULL)
        result = error_set(error, "out of memory");
    else
        result = sum_up(&tally, baseline_seconds, error);
    HASH_CLEAR(hh, tally.table);
    free(tally.entries);
    if (result == 0)
        return tally.budget;
    budget_free(tally.budget);
    return NULL;
}

double budget_measure(const struct profile *profile) {
    struct budget sums = {0};
    struct tally tally = {.profile = profile, .budget = &sums};
    struct error ignored;
    if (find_values(&tally, &ignored) != 0)
        return 0;
    for (uint32_t i = 0; i < profile->sample_count; i++)
        add_times(&tally, &profile->samples[i]);
    return sums.base_ns > 0 ? budget_slowdown(&sums) : 0;
}

void budget_free(struct budget *budget) {
    if (budget == NULL)
        return;
    free(budget->functions);
    free(budget);
}

/* --- choosing --------------------------------------------------------------------------------- */

struct step {
    uint32_t function;
    enum budget_choice from, to;
    double saved, lost; /* expected gain, for ordering */
};

static int compare_steps(const void *left, const void *right) {
    const struct step *a = left, *b = right;
    const double difference = b->saved * a->lost - a->saved * b->lost;
    if (difference != 0)
        return difference > 0 ? 1 : -1;
    return a->function < b->function ? -1 : a->function > b->function;
}

static double cost_of(const struct budget_function *function, enum budget_choice choice) {
    static const double shares[] = {
        [BUDGET_TIME] = 1, [BUDGET_COUNT] = BUDGET_COUNT_SHARE, [BUDGET_SKIP] = 0};
    return function->cost_ns * shares[choice];
}

static void choose(struct budget *budget, struct budget_function *function,
                   enum budget_choice choice) {
    budget->kept_ns += cost_of(function, choice) - cost_of(function, function->choice);
    if ((function->choice == BUDGET_TIME) != (choice == BUDGET_TIME))
        budget->lost_ns += choice == BUDGET_TIME ? -function->self_ns : function->self_ns;
    function->choice = choice;
}

/* Times below the resolution are 0, but a step still loses something. */
static void weigh(const struct budget *budget, const struct budget_options *options,
                  struct step *step) {
    const struct budget_function *own = &budget->functions[step->function];
    step->saved = cost_of(own, step->from) - cost_of(own, step->to);
    step->lost = 1 + own->self_ns;
    for (uint32_t i = 0; options->covers != NULL && i < budget->count; i++) {
        const struct budget_function *other = &budget->functions[i];
        if (other == own || !options->covers(own, other))
            continue;
        step->saved += cost_of(other, step->from) - cost_of(other, step->to);
        step->lost += other->self_ns;
    }
}

static size_t list_steps(const struct budget *budget, const struct budget_options *options,
                         struct step *steps) {
    size_t count = 0;
    for (uint32_t i = 0; i < budget->count; i++) {
        if (budget->functions[i].calls <= 0)
            continue;
        if (options->can_count) {
            steps[count++] = (struct step){i, BUDGET_TIME, BUDGET_COUNT, 0, 0};
            steps[count++] = (struct step){i, BUDGET_COUNT, BUDGET_SKIP, 0, 0};
        } else {
            steps[count++] = (struct step){i, BUDGET_TIME, BUDGET_SKIP, 0, 0};
        }
    }
    for (size_t i = 0; i < count; i++)
        weigh(budget, options, &steps[i]);
    qsort(steps, count, sizeof(*steps), compare_steps);
    return count;
}

static void take(struct budget *budget, const struct budget_options *options,
                 const struct step *step) {
    struct budget_function *own = &budget->functions[step->function];
    choose(budget, own, step->to);
    for (uint32_t i = 0; options->covers != NULL && i < budget->count; i++) {
        struct budget_function *other = &budget->functions[i];
        if (other != own && other->choice != step->to && options->covers(own, other))
            choose(budget, other, step->to);
    }
}

/* Starts with the least useful steps, and undoes those that affect only one function. */
static void take_back(struct budget *budget, const struct step *steps, size_t taken,
                      double budget_ns) {
    while (taken-- > 0) {
        struct budget_function *function = &budget->functions[steps[taken].function];
        const double again =
            cost_of(function, steps[taken].from) - cost_of(function, steps[taken].to);
        if (function->choice == steps[taken].to && budget->kept_ns + again <= budget_ns)
            choose(budget, function, steps[taken].from);
    }
}

int budget_choose(struct budget *budget, const struct budget_options *options,
                  struct error *error) {
    const double budget_ns = options->share * budget->base_ns;
    struct step *steps = calloc((size_t)budget->count * 2 + 1, sizeof(*steps));
    size_t taken = 0;
    if (steps == NULL)
        return error_set(error, "out of memory");
    const size_t count = list_steps(budget, options, steps);
    while (taken < count && budget->kept_ns > budget_ns) {
        if (budget->functions[steps[taken].function].choice == steps[taken].from)
            take(budget, options, &steps[taken]);
        taken++;
    }
    if (options->covers == NULL)
        take_back(budget, steps, taken, budget_ns);
    free(steps);
    return 0;
}
