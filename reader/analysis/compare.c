/* SPDX-License-Identifier: MIT */
/* See compare.h. compare_match.c decides what is compared with what; this file judges it. */
#include "compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare_match.h"
#include "reader/base/doubt.h"
#include "reader/profile/stated.h"
#include "statistics.h"

#define NORMAL_FROM   10.0 /* expected samples for a normal test; below, an exact one */
#define CHI_LEAST     5.0  /* expected samples of a bin (Cochran 1954); smaller ones are joined */
#define START_SLACK   INT64_C(1000000000)
#define LARGEST       20u
#define MEAN_OF_ERROR 0.7978845608028654 /* mean |x| of a standard normal variable */

void compare_free(struct compare *compare) {
    if (compare == NULL)
        return;
    analysis_free(compare->exact);
    analysis_free(compare->sampled);
    free(compare->rows);
    free(compare->paths);
    free(compare);
}

double compare_samples_for(double share, double relative) {
    return share > 0 ? DOUBT_95 * DOUBT_95 * (1 - share) / (share * relative * relative) : INFINITY;
}

/* --- what the two profiles are ---------------------------------------------------------------- */

/* Whether they are of one program, and sampling began while the exact profile was being
 * recorded. */
static bool is_same_run(const struct profile *exact, const struct profile *sampled) {
    if (exact->mapping_count == 0 || sampled->mapping_count == 0 ||
        exact->mappings[0].build_id[0] == '\0' ||
        strcmp(exact->mappings[0].build_id, sampled->mappings[0].build_id) != 0)
        return false;
    return sampled->time_ns >= exact->time_ns - START_SLACK &&
           sampled->time_ns <= exact->time_ns + exact->duration_ns;
}

/* CPU samples are compared with CPU time, those of the wall clock with wall time. Samples that
 * do not name their clock are taken for CPU samples. PROFILE_NONE: the exact profile lacks that
 * time. */
static uint32_t find_time(const struct profile *exact, const struct profile *sampled) {
    const uint32_t cpu = profile_find_value_type(exact, "cpu");
    const uint32_t wall = profile_find_value_type(exact, "wall");
    if (profile_find_value_type(sampled, "cpu") != PROFILE_NONE)
        return cpu;
    if (profile_find_value_type(sampled, "wall") != PROFILE_NONE)
        return wall;
    return cpu != PROFILE_NONE ? cpu : wall;
}

static int find_types(struct compare *compare, const struct profile *exact,
                      const struct profile *sampled, struct compare_types *types,
                      struct error *error) {
    types->time = find_time(exact, sampled);
    types->overhead = profile_find_value_type(exact, "overhead");
    types->calls = profile_find_value_type(exact, "calls");
    types->samples = profile_find_value_type(sampled, "samples");
    if (types->calls == PROFILE_NONE || (profile_find_value_type(exact, "cpu") == PROFILE_NONE &&
                                         profile_find_value_type(exact, "wall") == PROFILE_NONE))
        return error_set(error, "the first profile is not exact: it has no calls, or no times");
    if (stated_time_samples(exact) > 0)
        return error_set(error, "the first profile's times are of samples themselves: record one "
                                "with timing=exact");
    if (types->samples == PROFILE_NONE)
        return error_set(error, "the second profile is not sampled: it has no value \"samples\"%s",
                         profile_find_value_type(sampled, "calls") == PROFILE_NONE
                             ? ""
                             : "; `cinstr diff` compares two exact ones");
    if (types->time == PROFILE_NONE)
        return error_set(error, "the samples are of %s time, which the exact profile does not have",
                         profile_find_value_type(exact, "cpu") == PROFILE_NONE ? "CPU" : "wall");
    types->error = profile_error_of(exact, types->time);
    compare->value_name = exact->value_types[types->time].name;
    return 0;
}

/* The error of a call's cost, as the profile states it (build_comments.c). */
static double read_relative_error(const struct profile *exact) {
    for (uint32_t i = 0; i < exact->comment_count; i++) {
        double inner, outer, error;
        if (sscanf(
                exact->comments[i],
                "probes: a call costs %lf ns in the function and %lf ns in its caller, +- %lf ns",
                &inner, &outer, &error) == 3 &&
            inner + outer > 0)
            return error / DOUBT_95 / (inner + outer);
    }
    return 0;
}

/* --- row by row ------------------------------------------------------------------------------- */

static double square(double value) {
    return value * value;
}

/* The error of a time on the basis compared: by the model of the probes' cost, if they were
 * taken out; by chance; and the time that the rows have too much in sum may all be in this one. */
static double error_of(const struct compare *compare, const struct compare_row *row,
                       bool has_columns) {
    const double model = has_columns ? row->error : compare->relative_error * row->overhead;
    const double unplaced = fmin(compare->unplaced, row->time) / DOUBT_95;
    return sqrt(square(compare->is_raw ? 0 : model) + row->variance + square(unplaced));
}

/* The grade of a row's time. A function that was never called has no time for certain. */
static char grade(const struct compare_row *row) {
    if (row->calls == 0 && row->time == 0)
        return 'A';
    return doubt_grade(row->time, row->is_timed ? row->error : -1);
}

/* Sets the times on the basis compared, and the exact profile's own error. */
static double settle_times(struct compare *compare, bool has_columns) {
    double total = 0, overhead = 0, corrected = 0;
    for (uint32_t i = 0; i < compare->row_count; i++) {
        struct compare_row *row = &compare->rows[i];
        overhead += row->overhead;
        corrected += row->time;
        if (compare->is_raw)
            row->time += row->overhead;
        row->error = error_of(compare, row, has_columns);
        row->grade = grade(row);
        total += row->time;
    }
    compare->overhead_share = corrected + overhead > 0 ? overhead / (corrected + overhead) : 0;
    return total;
}

/* The probability that `n` samples of such a share, known to within `error`, differ from it so
 * much. */
static double probability(const struct compare_row *row, double n, double error) {
    const double p = row->exact_share;
    if (n * p >= NORMAL_FROM)
        return statistics_normal_p((row->sampled_share - p) /
                                   sqrt(p * (1 - p) / n + error * error));
    /* The share is taken at the end of its interval that is nearest to the samples. */
    return statistics_binomial_p(
        round(row->samples), round(n),
        fmin(1, fmax(0, row->sampled_share > p ? p + 2 * error : p - 2 * error)));
}

static void judge(struct compare_row *row, double n) {
    const double p = row->exact_share, error = row->error;
    const double variance = p * (1 - p) / n + error * error;
    const struct statistics_interval interval = statistics_wilson(row->samples, n, DOUBT_95);
    row->sampled_share = row->samples / n;
    row->low = interval.low;
    row->high = interval.high;
    row->z = variance > 0 ? (row->sampled_share - p) / sqrt(variance) : 0;
    row->p = probability(row, n, error);
    row->chance_p = probability(row, n, 0);
    row->verdict = row->grade == '-' ? COMPARE_UNRESOLVED : COMPARE_WITHIN_CHANCE;
}

static double *p_of(struct compare_row *row, bool of_chance) {
    return of_chance ? &row->chance_p : &row->p;
}

/* Sets the joint probabilities of the rows that are judged. */
static int adjust(struct compare *compare, bool of_chance) {
    double *p = reallocarray(NULL, (size_t)compare->row_count + 1, sizeof(*p));
    uint32_t judged = 0, at = 0;
    int result = -1;
    for (uint32_t i = 0; p != NULL && i < compare->row_count; i++) {
        if (compare->rows[i].verdict != COMPARE_UNRESOLVED)
            p[judged++] = *p_of(&compare->rows[i], of_chance);
    }
    if (p != NULL)
        result = statistics_holm(p, judged);
    for (uint32_t i = 0; result == 0 && i < compare->row_count; i++) {
        if (compare->rows[i].verdict != COMPARE_UNRESOLVED)
            *p_of(&compare->rows[i], of_chance) = p[at++];
    }
    free(p);
    return result;
}

/* Verdicts hold jointly: the chance that any of them is wrong is below the level. */
static int judge_rows(struct compare *compare, double level) {
    for (uint32_t i = 0; i < compare->row_count; i++)
        judge(&compare->rows[i], compare->samples - compare->unmatched);
    if (adjust(compare, false) != 0 || adjust(compare, true) != 0)
        return -1;
    for (uint32_t i = 0; i < compare->row_count; i++) {
        struct compare_row *row = &compare->rows[i];
        if (row->verdict == COMPARE_UNRESOLVED || row->chance_p >= level)
            continue;
        if (row->p < level)
            row->verdict = row->sampled_share > row->exact_share ? COMPARE_MORE : COMPARE_LESS;
        else
            row->verdict = COMPARE_WITHIN_ERROR;
        compare->differ += row->p < level;
        compare->in_error += row->p >= level;
    }
    return 0;
}

/* --- over all --------------------------------------------------------------------------------- */

/* How much would differ on average by the errors of both sides alone. */
static void add_bin(struct compare *compare, uint32_t *bins, double samples, double expected,
                    double variance) {
    if (expected < CHI_LEAST)
        return;
    compare->chi_square += square(samples - expected) / (expected + variance);
    (*bins)++;
}

static void sum_up(struct compare *compare) {
    const double n = compare->samples - compare->unmatched;
    double rest_expected = 0, rest_samples = 0, rest_variance = 0;
    uint32_t bins = 0;
    for (uint32_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];
        const double expected = n * row->exact_share;
        compare->total_variation += fabs(row->sampled_share - row->exact_share) / 2;
        compare->by_chance += statistics_binomial_deviation(n, row->exact_share) / n / 2;
        compare->by_error += MEAN_OF_ERROR * row->error / 2;
        if (row->calls > 0) {
            compare->never_expected += exp(n * log1p(-fmin(row->exact_share, 1 - 1e-12)));
            compare->never_found += row->samples == 0;
            compare->never_calls += row->samples == 0 ? row->calls : 0;
        }
        add_bin(compare, &bins, row->samples, expected, square(n * row->error));
        if (expected < CHI_LEAST) {
            rest_expected += expected;
            rest_samples += row->samples;
            rest_variance += square(n * row->error);
        }
    }
    add_bin(compare, &bins, rest_samples, rest_expected, rest_variance);
    compare->degrees = bins > 1 ? bins - 1 : 0;
    compare->chi_square_p = statistics_chi_square_p(compare->chi_square, compare->degrees);
}

/* How many rows have more samples than this one. */
static uint32_t sampled_rank(const struct compare *compare, const struct compare_row *row) {
    uint32_t rank = 0;
    for (uint32_t i = 0; i < compare->row_count; i++)
        rank += compare->rows[i].samples > row->samples;
    return rank;
}

/* Rows are sorted by exact share here. */
static void compare_largest(struct compare *compare) {
    const uint32_t count = compare->row_count < LARGEST ? compare->row_count : LARGEST;
    double exact[LARGEST], sampled[LARGEST];
    for (uint32_t i = 0; i < count; i++) {
        const struct compare_row *row = &compare->rows[i];
        const uint32_t rank = row->samples > 0 ? sampled_rank(compare, row) : LARGEST;
        compare->top10 += i < 10 && rank < 10;
        compare->top20 += rank < 20;
        exact[i] = row->exact_share;
        sampled[i] = row->sampled_share;
    }
    compare->rank_correlation = statistics_rank_correlation(exact, sampled, count);
}

static int by_share(const void *left, const void *right) {
    const struct compare_row *a = left, *b = right;
    if (a->exact_share != b->exact_share)
        return a->exact_share < b->exact_share ? 1 : -1;
    if (a->samples != b->samples)
        return a->samples < b->samples ? 1 : -1;
    return (a->function > b->function) - (a->function < b->function);
}

/* --- all of it -------------------------------------------------------------------------------- */

static int fill(struct compare *compare, const struct profile *exact, const struct profile *sampled,
                const struct compare_options *options, struct error *error) {
    struct compare_types types;
    double total;
    if (find_types(compare, exact, sampled, &types, error) != 0)
        return -1;
    compare->exact = analysis_new(exact, &(struct analysis_options){0}, error);
    compare->sampled =
        compare->exact == NULL ? NULL : analysis_new(sampled, &(struct analysis_options){0}, error);
    if (compare->sampled == NULL)
        return -1;
    compare->is_same_run = is_same_run(exact, sampled);
    compare->is_raw = options->against == COMPARE_RAW ||
                      (options->against == COMPARE_AUTO && compare->is_same_run);
    compare->relative_error = read_relative_error(exact);
    if (compare_match(compare, &types, options->by_context, error) != 0)
        return -1;
    total = settle_times(compare, types.error.model != PROFILE_NONE);
    if (total <= 0)
        return error_set(error, "the exact profile has no time on this basis; try --against raw");
    if (compare->samples <= compare->unmatched)
        return error_set(error, "none of the samples is in a function that the exact profile has");
    for (uint32_t i = 0; i < compare->row_count; i++) {
        compare->rows[i].exact_share = compare->rows[i].time / total;
        compare->rows[i].error /= total;
    }
    qsort(compare->rows, compare->row_count, sizeof(*compare->rows), by_share);
    if (judge_rows(compare, options->level) != 0)
        return error_set(error, "out of memory");
    sum_up(compare);
    compare_largest(compare);
    return 0;
}

struct compare *compare_new(const struct profile *exact, const struct profile *sampled,
                            const struct compare_options *options, struct error *error) {
    struct compare *compare = calloc(1, sizeof(*compare));
    if (compare == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    if (fill(compare, exact, sampled, options, error) != 0) {
        compare_free(compare);
        return NULL;
    }
    return compare;
}
