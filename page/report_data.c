/* SPDX-License-Identifier: MIT */
/* See report_data.h. Keys are only ever added. */
#include "report_data.h"

#include <inttypes.h>

#include "json_text.h"

/* A sink for numbers and texts; after a failure everything fails. */
struct writer {
    FILE *out;
    const struct analysis *analysis;
    bool good;
};

static void write_text(struct writer *writer, const char *text) {
    json_t *value = json_text(text);
    const size_t flags = JSON_ENSURE_ASCII | JSON_ENCODE_ANY;
    writer->good = value != NULL && json_dumpf(value, writer->out, flags) == 0 && writer->good;
    json_decref(value);
}

static void comma(struct writer *writer, uint32_t i) {
    if (i != 0)
        putc(',', writer->out);
}

/* --- columns: "name":[a value a row] ---------------------------------------------------------- */

typedef int64_t (*number_of)(const struct analysis *analysis, uint32_t row);
typedef const char *(*text_of)(const struct analysis *analysis, uint32_t row);

static void write_numbers(struct writer *writer, const char *name, uint32_t from, uint32_t to,
                          number_of number) {
    fprintf(writer->out, ",\n\"%s\":[", name);
    for (uint32_t row = from; row < to; row++) {
        comma(writer, row - from);
        fprintf(writer->out, "%" PRId64, number(writer->analysis, row));
    }
    putc(']', writer->out);
}

static void write_texts(struct writer *writer, const char *name, uint32_t count, text_of text) {
    fprintf(writer->out, "\"%s\":[", name);
    for (uint32_t row = 0; row < count; row++) {
        comma(writer, row);
        write_text(writer, text(writer->analysis, row));
    }
    putc(']', writer->out);
}

/* A column for each value type. */
static void write_sums(struct writer *writer, const char *name, const struct analysis_sums *sums,
                       uint32_t from, bool is_total) {
    fprintf(writer->out, ",\n\"%s\":[", name);
    for (uint32_t type = 0; type < sums->types; type++) {
        comma(writer, type);
        putc('[', writer->out);
        for (uint32_t row = from; row < sums->count; row++) {
            comma(writer, row - from);
            fprintf(writer->out, "%" PRId64,
                    is_total ? analysis_total(sums, row, type) : analysis_self(sums, row, type));
        }
        putc(']', writer->out);
    }
    putc(']', writer->out);
}

static void write_spreads(struct writer *writer, const struct analysis_spread *spreads,
                          uint32_t count) {
    if (spreads == NULL)
        return;
    fputs(",\n\"durations\":[", writer->out);
    for (uint32_t row = 0; row < count; row++) {
        const struct analysis_spread *spread = &spreads[row];
        comma(writer, row);
        fprintf(writer->out, "[%" PRId64 ",%" PRId64 ",%" PRId64 ",%" PRId64 "]", spread->p50,
                spread->p90, spread->p99, spread->longest);
    }
    putc(']', writer->out);
}

/* --- the contents of the columns -------------------------------------------------------------- */

static const char *function_name(const struct analysis *analysis, uint32_t row) {
    return analysis->functions[row].name;
}

static const char *function_file(const struct analysis *analysis, uint32_t row) {
    return analysis->functions[row].file;
}

static int64_t function_line(const struct analysis *analysis, uint32_t row) {
    return analysis->functions[row].line;
}

static int64_t edge_caller(const struct analysis *analysis, uint32_t row) {
    const uint32_t caller = analysis->edges[row].caller;
    return caller == PROFILE_NONE ? -1 : (int64_t)caller;
}

static int64_t edge_callee(const struct analysis *analysis, uint32_t row) {
    return analysis->edges[row].callee;
}

static int64_t node_parent(const struct analysis *analysis, uint32_t row) {
    return analysis->nodes[row].parent;
}

static int64_t node_function(const struct analysis *analysis, uint32_t row) {
    return analysis->nodes[row].function;
}

static int64_t total(const struct analysis *analysis, uint32_t row) {
    return analysis->totals[row];
}

static int64_t type_count(const struct analysis *analysis, uint32_t row) {
    const uint32_t count = analysis_count_type(analysis->profile, row);
    return count == PROFILE_NONE ? -1 : (int64_t)count;
}

static int64_t type_is_shown(const struct analysis *analysis, uint32_t row) {
    return analysis_is_shown(analysis->profile, row);
}

/* The columns with the errors of each type, from analysis_errors_of(); -1 none. */
static int64_t column_or_none(uint32_t column) {
    return column == PROFILE_NONE ? -1 : (int64_t)column;
}

static int64_t type_error(const struct analysis *analysis, uint32_t row) {
    return column_or_none(analysis_errors_of(analysis->profile, row).columns.model);
}

static int64_t type_variance(const struct analysis *analysis, uint32_t row) {
    return column_or_none(analysis_errors_of(analysis->profile, row).columns.variance);
}

static int64_t type_samples(const struct analysis *analysis, uint32_t row) {
    return column_or_none(analysis_errors_of(analysis->profile, row).samples);
}

static int64_t type_sum(const struct analysis *analysis, uint32_t row) {
    return (int64_t)analysis_sum(analysis, row).value;
}

static int64_t type_sum_error(const struct analysis *analysis, uint32_t row) {
    return (int64_t)analysis_sum(analysis, row).error;
}

static const char *type_name(const struct analysis *analysis, uint32_t row) {
    return analysis->profile->value_types[row].name;
}

static const char *type_unit(const struct analysis *analysis, uint32_t row) {
    return analysis->profile->value_types[row].unit;
}

static const char *comment(const struct analysis *analysis, uint32_t row) {
    return analysis->profile->comments[row];
}

static void write_head(struct writer *writer) {
    const struct analysis *analysis = writer->analysis;
    const struct profile *profile = analysis->profile;
    const bool has_program = profile->mapping_count != 0;
    fputs("{\"program\":", writer->out);
    write_text(writer, has_program ? profile->mappings[0].file : "");
    fputs(",\n\"build_id\":", writer->out);
    write_text(writer, has_program ? profile->mappings[0].build_id : "");
    fprintf(writer->out,
            ",\n\"time_ns\":%" PRId64 ",\n\"duration_ns\":%" PRId64 ",\n\"contexts\":%" PRIu32
            ",\n\"value\":%" PRIu32 ",\n",
            profile->time_ns, profile->duration_ns, analysis->sample_count, analysis->value_type);
    write_texts(writer, "comments", profile->comment_count, comment);
    fputs(",\n\"types\":{", writer->out);
    write_texts(writer, "name", profile->value_type_count, type_name);
    putc(',', writer->out);
    write_texts(writer, "unit", profile->value_type_count, type_unit);
    write_numbers(writer, "total", 0, profile->value_type_count, total);
    write_numbers(writer, "count", 0, profile->value_type_count, type_count);
    write_numbers(writer, "shown", 0, profile->value_type_count, type_is_shown);
    write_numbers(writer, "error", 0, profile->value_type_count, type_error);
    write_numbers(writer, "variance", 0, profile->value_type_count, type_variance);
    write_numbers(writer, "samples", 0, profile->value_type_count, type_samples);
    write_numbers(writer, "sum", 0, profile->value_type_count, type_sum);
    write_numbers(writer, "sum_error", 0, profile->value_type_count, type_sum_error);
    fputs("}", writer->out);
}

static void write_functions(struct writer *writer) {
    const struct analysis_sums *sums = &writer->analysis->function_sums;
    fputs(",\n\"functions\":{", writer->out);
    write_texts(writer, "name", sums->count, function_name);
    fputs(",\n", writer->out);
    write_texts(writer, "file", sums->count, function_file);
    write_numbers(writer, "line", 0, sums->count, function_line);
    write_sums(writer, "self", sums, 0, false);
    write_sums(writer, "total", sums, 0, true);
    write_spreads(writer, writer->analysis->function_spreads, sums->count);
    putc('}', writer->out);
}

static void write_edges(struct writer *writer) {
    const struct analysis_sums *sums = &writer->analysis->edge_sums;
    fprintf(writer->out, ",\n\"edges\":{\"count\":%" PRIu32, sums->count);
    write_numbers(writer, "caller", 0, sums->count, edge_caller);
    write_numbers(writer, "callee", 0, sums->count, edge_callee);
    write_sums(writer, "self", sums, 0, false);
    write_sums(writer, "total", sums, 0, true);
    write_spreads(writer, writer->analysis->edge_spreads, sums->count);
    putc('}', writer->out);
}

/* Leaves out the root, node 0: the first element of each column is node 1. A parent precedes its
 * children; totals follow from self values. */
static void write_nodes(struct writer *writer) {
    const struct analysis_sums *sums = &writer->analysis->node_sums;
    fprintf(writer->out, ",\n\"nodes\":{\"count\":%" PRIu32, sums->count - 1);
    write_numbers(writer, "parent", 1, sums->count, node_parent);
    write_numbers(writer, "function", 1, sums->count, node_function);
    write_sums(writer, "self", sums, 1, false);
    fputs("}}\n", writer->out);
}

/* --- all together ----------------------------------------------------------------------------- */

int report_data_write(FILE *out, struct analysis *analysis, struct error *error) {
    if ((analysis->edges == NULL && analysis_add_edges(analysis, error) != 0) ||
        (analysis->nodes == NULL && analysis_add_tree(analysis, error) != 0) ||
        (analysis->function_spreads == NULL && analysis_add_durations(analysis, error) != 0))
        return -1;
    struct writer writer = {.out = out, .analysis = analysis, .good = true};
    write_head(&writer);
    write_functions(&writer);
    write_edges(&writer);
    write_nodes(&writer);
    return writer.good ? 0 : error_set(error, "cannot write JSON");
}
