/* SPDX-License-Identifier: MIT */
/*
 * Reports as JSON: one object that says what was profiled and has an array of functions, edges or
 * tree nodes. A node names its parent, so nothing is nested, however deep the calls. Called by the
 * report command. Programs read it: keys are only ever added.
 */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "page/json_text.h"
#include "reader/base/doubt.h"
#include "reader/profile/stated.h"
#include "report.h"
#include "report_leaks.h"
#include "report_never_called.h"
#include "report_slowest.h"
#include "report_source.h"

static json_t *totals(const struct analysis *analysis) {
    json_t *object = json_object();
    for (uint32_t i = 0; i < analysis->profile->value_type_count; i++) {
        const struct profile_value_type *type = &analysis->profile->value_types[i];
        json_t *entry = json_pack("{s:o, s:I}", "unit", json_text(type->unit), "total",
                                  (json_int_t)analysis->totals[i]);
        json_set_text(object, type->name, entry);
    }
    return object;
}

static json_t *comments(const struct profile *profile) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < profile->comment_count; i++)
        json_array_append_new(array, json_text(profile->comments[i]));
    return array;
}

static json_t *warnings(const struct profile *profile) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        const char *warning = stated_warning(profile->comments[i]);
        if (warning != NULL)
            json_array_append_new(array, json_text(warning));
    }
    return array;
}

/* One standard error, rounded; null: unknown. */
static json_t *error_of(double error) {
    return error < 0 ? json_null() : json_integer((json_int_t)rint(error));
}

static json_t *document(const struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    const struct analysis_sum sum = analysis_sum(analysis, analysis->value_type);
    const char *program = "", *build_id = "";
    if (profile->mapping_count != 0) {
        program = profile->mappings[0].file;
        build_id = profile->mappings[0].build_id;
    }
    return json_pack("{s:o, s:o, s:I, s:I, s:o, s:o, s:I, s:o, s:o, s:I, s:o, s:o}", "program",
                     json_text(program), "build_id", json_text(build_id), "time_ns",
                     (json_int_t)profile->time_ns, "duration_ns", (json_int_t)profile->duration_ns,
                     "value", json_text(profile->value_types[analysis->value_type].name), "values",
                     totals(analysis), "contexts", (json_int_t)analysis->sample_count, "comments",
                     comments(profile), "warnings", warnings(profile), "sum", (json_int_t)sum.value,
                     "sum_error_ns", error_of(sum.error), "plain_error_ns",
                     error_of(sum.plain_error));
}

static void set_values(json_t *object, const struct analysis_sums *sums, uint32_t row,
                       const struct report_column *columns, uint32_t count) {
    for (uint32_t i = 0; i < count; i++)
        json_set_text(object, columns[i].name,
                      json_integer((json_int_t)report_value(sums, row, &columns[i])));
}

static void set_errors(json_t *object, const struct analysis *analysis,
                       const struct analysis_sums *sums, uint32_t row) {
    static const char *const names[][2] = {{"self_error_ns", "self_grade"},
                                           {"total_error_ns", "total_grade"}};
    for (int total = 0; total <= 1 && analysis_has_errors(analysis); total++) {
        const double error = analysis_error(analysis, sums, row, total);
        const char grade[] = {doubt_grade(report_shown(analysis, sums, row, total), error), '\0'};
        json_object_set_new(object, names[total][0], error_of(error));
        json_object_set_new(object, names[total][1], json_string(grade));
    }
}

static void set_durations(json_t *object, const struct analysis_spread *spreads, uint32_t row) {
    for (unsigned i = 0; spreads != NULL && i < REPORT_DURATIONS; i++)
        json_object_set_new(object, report_duration_names[i],
                            json_integer((json_int_t)report_duration(&spreads[row], i)));
}

static json_t *function_entry(const struct analysis *analysis, uint32_t row) {
    const struct analysis_function *function = &analysis->functions[row];
    return json_pack("{s:o, s:o, s:I}", "function", json_text(function->name), "file",
                     json_text(function->file), "line", (json_int_t)function->line);
}

/* An outermost call has no caller: null. */
static json_t *edge_entry(const struct analysis *analysis, uint32_t row) {
    const struct analysis_edge *edge = &analysis->edges[row];
    const struct analysis_function *callee = &analysis->functions[edge->callee];
    bool is_outermost = edge->caller == PROFILE_NONE;
    const struct analysis_function *caller =
        is_outermost ? callee : &analysis->functions[edge->caller];
    return json_pack("{s:o, s:o, s:o, s:o}", "caller",
                     is_outermost ? json_null() : json_text(caller->name), "callee",
                     json_text(callee->name), "caller_file",
                     is_outermost ? json_null() : json_text(caller->file), "callee_file",
                     json_text(callee->file));
}

/* Node 0 is the root above the outermost calls; it is not in the array. */
static json_t *node_entry(const struct analysis *analysis, uint32_t row) {
    const struct analysis_node *node = &analysis->nodes[row];
    return json_pack("{s:I, s:I, s:I, s:o}", "node", (json_int_t)row, "parent",
                     (json_int_t)node->parent, "depth", (json_int_t)node->depth, "function",
                     json_text(analysis->functions[node->function].name));
}

/* Frees `value` when it cannot be added. */
static bool print_value(FILE *out, json_t *value) {
    const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_ENCODE_ANY;
    const bool good = value != NULL && json_dumpf(value, out, flags) == 0;
    json_decref(value);
    return good;
}

/* Everything but the rows, each key followed by a comma. Frees `object`. */
static bool print_members(FILE *out, json_t *object) {
    const char *key;
    json_t *value;
    bool good = object != NULL;
    json_object_foreach(object, key, value) {
        fprintf(out, "\n \"%s\": ", key);
        good = print_value(out, json_incref(value)) && good;
        putc(',', out);
    }
    json_decref(object);
    return good;
}

struct list {
    const char *key;
    const struct analysis_sums *sums;
    const struct analysis_spread *spreads; /* NULL: without durations */
    json_t *(*entry)(const struct analysis *, uint32_t);
};

/* Prints the rows one a line, since there may be millions. Frees `rows`. */
static int print(FILE *out, const struct analysis *analysis, const struct list *list,
                 struct report_rows *rows, struct error *error) {
    struct report_column columns[REPORT_MAX_COLUMNS];
    const uint32_t count = report_columns(analysis, columns);
    putc('{', out);
    bool good = print_members(out, document(analysis));
    fprintf(out, "\n \"%s\": [", list->key);
    for (uint32_t i = 0; good && i < rows->count; i++) {
        json_t *item = list->entry(analysis, rows->rows[i]);
        set_values(item, list->sums, rows->rows[i], columns, count);
        set_errors(item, analysis, list->sums, rows->rows[i]);
        set_durations(item, list->spreads, rows->rows[i]);
        fputs(i == 0 ? "\n  " : ",\n  ", out);
        good = print_value(out, item);
    }
    fprintf(out, "\n ],\n \"left_out\": %" PRIu32 "\n}\n", rows->left_out);
    report_rows_free(rows);
    return good ? 0 : error_set(error, "cannot write JSON");
}

static int print_functions(FILE *out, const struct analysis *analysis,
                           const struct report_options *options, struct error *error) {
    struct report_rows rows;
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    const struct list list = {"functions", &analysis->function_sums, analysis->function_spreads,
                              function_entry};
    return print(out, analysis, &list, &rows, error);
}

static int print_edges(FILE *out, const struct analysis *analysis,
                       const struct report_options *options, struct error *error) {
    struct report_rows rows;
    if (report_rows_edges(&rows, analysis, options, error) != 0)
        return -1;
    const struct list list = {"edges", &analysis->edge_sums, analysis->edge_spreads, edge_entry};
    return print(out, analysis, &list, &rows, error);
}

static int print_tree(FILE *out, const struct analysis *analysis,
                      const struct report_options *options, struct error *error) {
    struct report_rows rows;
    if (report_rows_tree(&rows, analysis, options, error) != 0)
        return -1;
    const struct list list = {"nodes", &analysis->node_sums, NULL, node_entry};
    return print(out, analysis, &list, &rows, error);
}

const struct report_format report_json = {
    .name = "json",
    .help = "machine-readable: whole numbers, nanoseconds",
    .functions = print_functions,
    .edges = print_edges,
    .tree = print_tree,
    .leaks = report_leaks_json,
    .slowest = report_slowest_json,
    .source = report_source_json,
    .never_called = report_never_called_json,
};
