/* SPDX-License-Identifier: MIT */
/*
 * See analysis_scope.h. Folding recursion goes back to an earlier frame of the same edge. So a
 * function that is missing from a stack can have been folded away only if it is in a cycle of calls
 * with both ends of an edge in that stack.
 */
#include "analysis_scope.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_frames.h"
#include "analysis_sums.h"

enum place { PLACE_ABOVE, PLACE_TRUNCATED, PLACE_FOLDED, PLACE_ELSEWHERE };

struct walk {
    const struct analysis *analysis;
    const struct analysis_scope *scope;
    bool *cyclic;             /* by function: it is in a cycle of calls with one of `above` */
    uint32_t truncated, lost; /* their functions; PROFILE_NONE none */
};

/* --- cycles of calls -------------------------------------------------------------------------- */

/* Adds to `reached` everything that one or more calls lead to from `seed`, forwards or
 * backwards. */
static void reach(const struct analysis *analysis, const bool *seed, bool *reached,
                  bool backwards) {
    bool has_grown = true;
    while (has_grown) {
        has_grown = false;
        for (uint32_t i = 0; i < analysis->edge_sums.count; i++) {
            const struct analysis_edge *edge = &analysis->edges[i];
            if (edge->caller == PROFILE_NONE)
                continue;
            const uint32_t from = backwards ? edge->callee : edge->caller;
            const uint32_t to = backwards ? edge->caller : edge->callee;
            if ((seed[from] || reached[from]) && !reached[to])
                reached[to] = has_grown = true;
        }
    }
}

static bool find_cyclic(struct walk *walk) {
    const uint32_t count = walk->analysis->function_sums.count;
    bool *below = calloc((size_t)count + 1, sizeof(*below));
    walk->cyclic = calloc((size_t)count + 1, sizeof(*walk->cyclic));
    if (below == NULL || walk->cyclic == NULL) {
        free(below);
        return false;
    }
    reach(walk->analysis, walk->scope->above, below, false);
    reach(walk->analysis, walk->scope->above, walk->cyclic, true);
    for (uint32_t i = 0; i < count; i++)
        walk->cyclic[i] = walk->cyclic[i] && below[i];
    free(below);
    return true;
}

static uint32_t find_function(const struct analysis *analysis, const char *name) {
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        if (strcmp(analysis->functions[i].name, name) == 0)
            return i;
    }
    return PROFILE_NONE;
}

/* --- samples ---------------------------------------------------------------------------------- */

/* Walks outwards through a sample's functions. */
struct frames {
    const struct analysis_frames *all;
    const struct profile_sample *sample;
    uint32_t index, at; /* location in the sample, frame in `all` */
};

static uint32_t next_function(struct frames *frames) {
    while (frames->index < frames->sample->depth) {
        const uint32_t location = frames->sample->locations[frames->index];
        const uint32_t at = frames->all->first[location] + frames->at;
        if (at < frames->all->first[location + 1]) {
            frames->at++;
            return frames->all->function[at];
        }
        frames->index++;
        frames->at = 0;
    }
    return PROFILE_NONE;
}

static enum place find_place(const struct walk *walk, struct frames *frames, uint32_t innermost,
                             uint32_t caller) {
    const bool *above = walk->scope->above, *cyclic = walk->cyclic;
    bool is_truncated = false, is_folded = false;
    uint32_t callee = innermost;
    if (walk->scope->has_above_too && above[innermost])
        return PLACE_ABOVE;
    for (uint32_t at = caller; at != PROFILE_NONE; at = next_function(frames)) {
        if (above[at])
            return PLACE_ABOVE;
        is_folded = is_folded || (cyclic[callee] && cyclic[at]);
        is_truncated = is_truncated || at == walk->truncated || at == walk->lost;
        callee = at;
    }
    return is_truncated ? PLACE_TRUNCATED : is_folded ? PLACE_FOLDED : PLACE_ELSEWHERE;
}

static bool add(int64_t *sum, int64_t value) {
    return !__builtin_add_overflow(*sum, value, sum);
}

static bool add_sample(const struct walk *walk, const struct profile_sample *sample,
                       struct analysis_bounds *bounds, int64_t *by_function, int64_t *by_caller) {
    const struct analysis_scope *scope = walk->scope;
    struct frames frames = {walk->analysis->frames, sample, 0, 0};
    const int64_t value = sample->values[scope->type];
    const uint32_t innermost = next_function(&frames);
    if (value == 0 || innermost == PROFILE_NONE)
        return true;
    if (innermost == walk->lost)
        return add(&bounds->truncated, value);
    if (scope->what != NULL && !scope->what[innermost])
        return true;
    const uint32_t caller = next_function(&frames);
    if (scope->caller != NULL && (caller == PROFILE_NONE || !scope->caller[caller]))
        return true;
    if (scope->above != NULL) {
        const enum place place = find_place(walk, &frames, innermost, caller);
        if (place == PLACE_ELSEWHERE)
            return true;
        if (place != PLACE_ABOVE)
            return add(place == PLACE_FOLDED ? &bounds->folded : &bounds->truncated, value);
    }
    return (by_function == NULL || add(&by_function[innermost], value)) &&
           (by_caller == NULL || caller == PROFILE_NONE || add(&by_caller[caller], value)) &&
           add(&bounds->least, value);
}

int analysis_scope_sum(const struct analysis *analysis, const struct analysis_scope *scope,
                       struct analysis_bounds *bounds, int64_t *by_function, int64_t *by_caller,
                       struct error *error) {
    struct walk walk = {analysis, scope, NULL, find_function(analysis, "[truncated]"),
                        find_function(analysis, "[lost]")};
    bool good = scope->above == NULL || find_cyclic(&walk);
    *bounds = (struct analysis_bounds){0};
    if (!good)
        errno = ENOMEM;
    for (uint32_t i = 0; good && i < analysis->profile->sample_count; i++) {
        errno = EOVERFLOW;
        good = add_sample(&walk, &analysis->profile->samples[i], bounds, by_function, by_caller);
    }
    free(walk.cyclic);
    bounds->most = bounds->least;
    return good && add(&bounds->most, bounds->truncated) && add(&bounds->most, bounds->folded)
               ? 0
               : analysis_fail(error);
}
