/* SPDX-License-Identifier: MIT */
/* See diff.h. Each profile is analysed and added to rows and trees; the rest is computed at the
 * end. */
#include "diff.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analysis_sums.h"
#include "diff_causes.h"
#include "diff_rows.h"
#include "diff_tree.h"

struct diff_build {
    const struct diff_options *options;
    struct profile *strings; /* holds interned strings alone */
    struct diff_rows functions, edges;
    struct diff_tree trees[2];
    struct diff_series value[2], count[2]; /* sums of each side */
    bool *hits;                            /* [rename][side]: that side has such a name */
};

static int out_of_memory(struct error *error) {
    return error_set(error, "not enough memory to compare the profiles");
}

struct diff *diff_new(const struct diff_options *options, struct error *error) {
    struct diff *diff = calloc(1, sizeof(*diff));
    struct diff_build *build = calloc(1, sizeof(*build));
    if (diff != NULL && build != NULL) {
        *diff = (struct diff){.build = build, .names = names_new(), .program = {"", ""}};
        *build = (struct diff_build){.options = options,
                                     .strings = profile_new(),
                                     .hits = calloc((size_t)options->renames.count * 2 + 1, 1)};
        if (diff->names != NULL && build->strings != NULL && build->hits != NULL)
            return diff;
    }
    if (diff == NULL || diff->build == NULL)
        free(build);
    diff_free(diff);
    out_of_memory(error);
    return NULL;
}

static void free_build(struct diff_build *build) {
    profile_free(build->strings);
    diff_rows_free(&build->functions);
    diff_rows_free(&build->edges);
    diff_tree_free(&build->trees[DIFF_OLD]);
    diff_tree_free(&build->trees[DIFF_NEW]);
    free(build->hits);
    free(build);
}

void diff_free(struct diff *diff) {
    if (diff == NULL)
        return;
    if (diff->build != NULL)
        free_build(diff->build);
    names_free(diff->names);
    free(diff->functions);
    free(diff->edges);
    free(diff->nodes);
    free(diff->causes);
    free(diff);
}

/* --- adding ----------------------------------------------------------------------------------- */

/* The first profile decides which value is compared; the others must have it. */
static int take_types(struct diff *diff, const struct analysis *analysis, struct error *error) {
    const struct profile_value_type *types = analysis->profile->value_types;
    const char *count =
        analysis->count_type == PROFILE_NONE ? "" : types[analysis->count_type].name;
    struct profile *strings = diff->build->strings;
    if (diff->value != NULL) {
        if (strcmp(diff->count, count) == 0)
            return 0;
        return error_set(error, "counts %s, and the profiles before count %s",
                         count[0] == '\0' ? "nothing" : count,
                         diff->count[0] == '\0' ? "nothing" : diff->count);
    }
    diff->value = profile_string(strings, types[analysis->value_type].name);
    diff->unit = profile_string(strings, types[analysis->value_type].unit);
    diff->count = profile_string(strings, count);
    return diff->value == NULL || diff->unit == NULL || diff->count == NULL ? out_of_memory(error)
                                                                            : 0;
}

static bool take_program(struct diff *diff, enum diff_side side, const struct profile *profile) {
    if (profile->mapping_count != 0)
        diff->program[side] = profile_string(diff->build->strings, profile->mappings[0].file);
    return diff->program[side] != NULL;
}

/* Looks at functions of old profiles before they are renamed. */
static void look_for_renames(struct diff_build *build, enum diff_side side,
                             const struct analysis *analysis) {
    const struct names_renames *renames = &build->options->renames;
    for (uint32_t i = 0; i < renames->count; i++) {
        const char *text = side == DIFF_OLD ? renames->list[i].from : renames->list[i].to;
        for (uint32_t at = 0; at < analysis->function_sums.count; at++) {
            if (names_matches(text, &analysis->functions[at]))
                build->hits[(size_t)i * 2 + side] = true;
        }
    }
}

static void add_totals(struct diff_build *build, const struct diff_added *added) {
    const struct analysis *analysis = added->analysis;
    const int64_t *totals = analysis->totals;
    diff_series_add(&build->value[added->side], (double)totals[analysis->value_type],
                    value_error_sum(&added->error, totals));
    if (analysis->count_type != PROFILE_NONE)
        diff_series_add(&build->count[added->side], (double)totals[analysis->count_type], 0);
}

static int add_analysis(struct diff *diff, struct diff_added *added, struct error *error) {
    struct diff_build *build = diff->build;
    const struct analysis *analysis = added->analysis;
    if (take_types(diff, analysis, error) != 0)
        return -1;
    look_for_renames(build, added->side, analysis);
    uint32_t *numbers = names_add(diff->names, analysis,
                                  added->side == DIFF_OLD ? &build->options->renames : NULL, error);
    if (numbers == NULL)
        return -1;
    added->numbers = numbers;
    added->error = value_error_of(analysis->profile, analysis->value_type);
    diff->runs[added->side]++;
    add_totals(build, added);
    const bool good = take_program(diff, added->side, analysis->profile) &&
                      diff_rows_grow(&build->functions, names_count(diff->names)) &&
                      diff_rows_add_functions(&build->functions, added) &&
                      diff_rows_add_edges(&build->edges, added) &&
                      diff_tree_add(&build->trees[added->side], analysis, numbers);
    free(numbers);
    return good ? 0 : out_of_memory(error);
}

int diff_add(struct diff *diff, enum diff_side side, const struct profile *profile,
             struct error *error) {
    const struct analysis_options options = {
        .value = diff->value != NULL ? diff->value : diff->build->options->value};
    struct analysis *analysis = analysis_new(profile, &options, error);
    int result = -1;
    if (analysis != NULL && analysis_add_edges(analysis, error) == 0 &&
        analysis_add_tree(analysis, error) == 0)
        result =
            add_analysis(diff, &(struct diff_added){.side = side, .analysis = analysis}, error);
    analysis_free(analysis);
    return result;
}

/* --- what comes of it ------------------------------------------------------------------------- */

static int check_renames(const struct diff_build *build, struct error *error) {
    const struct names_renames *renames = &build->options->renames;
    for (uint32_t i = 0; i < renames->count; i++) {
        const struct names_rename *rename = &renames->list[i];
        for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
            if (!build->hits[(size_t)i * 2 + (size_t)side])
                return error_set(error,
                                 "--rename %s=%s: no function or file of the %s profile is "
                                 "called %s",
                                 rename->from, rename->to, side == DIFF_OLD ? "old" : "new",
                                 side == DIFF_OLD ? rename->from : rename->to);
        }
    }
    return 0;
}

/* Callers' calls are known if the profile counts calls, not other events. */
static bool is_chained(const struct diff *diff) {
    return strcmp(diff->count, "calls") == 0;
}

static void take_rows(struct diff_rows *rows, struct diff_row **taken, uint32_t *count) {
    *taken = rows->rows;
    *count = rows->count;
    rows->rows = NULL;
    diff_rows_free(rows);
}

/* Keeps the strings, and frees the rest of what was needed. */
int diff_finish(struct diff *diff, struct error *error) {
    struct diff_build *build = diff->build;
    if (diff->runs[DIFF_OLD] == 0 || diff->runs[DIFF_NEW] == 0)
        return error_set(error, "a profile of each side is needed");
    if (check_renames(build, error) != 0)
        return -1;
    diff_series_finish(build->value, diff->runs, &diff->value_total);
    diff_series_finish(build->count, diff->runs, &diff->count_total);
    diff_rows_finish(&build->functions, diff->runs);
    diff_rows_finish(&build->edges, diff->runs);
    diff_rows_split(&build->functions, &build->edges);
    take_rows(&build->functions, &diff->functions, &diff->function_count);
    take_rows(&build->edges, &diff->edges, &diff->edge_count);
    if (!diff_tree_match(diff, build->trees, is_chained(diff)) ||
        !diff_causes_find(diff, is_chained(diff)))
        return out_of_memory(error);
    return 0;
}
