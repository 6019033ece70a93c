/* SPDX-License-Identifier: MIT */
/*
 * CSV for spreadsheets and data frames: a header, then a row for each calling context, with its
 * stack in the form of folded stacks and the context's own values. Columns are only ever added at
 * the end.
 */
#include <inttypes.h>
#include <string.h>

#include "cli/print/csv_text.h"
#include "cli/report/report.h"
#include "export.h"

static void print_header(FILE *out, const struct profile *profile) {
    fputs("stack,depth,function,file,line", out);
    for (uint32_t type = 0; type < profile->value_type_count; type++) {
        const struct profile_value_type *value = &profile->value_types[type];
        putc(',', out);
        csv_text(out, value->name);
        if (strcmp(value->unit, "count") != 0) {
            putc('_', out);
            csv_text(out, strcmp(value->unit, "nanoseconds") == 0 ? "ns" : value->unit);
        }
    }
    putc('\n', out);
}

static bool is_zero(const struct analysis_sums *sums, uint32_t node) {
    for (uint32_t type = 0; type < sums->types; type++) {
        if (analysis_self(sums, node, type) != 0)
            return false;
    }
    return true;
}

static void print_context(FILE *out, const struct analysis *analysis, uint32_t node) {
    const struct analysis_function *function = &analysis->functions[analysis->nodes[node].function];
    putc('"', out);
    export_stack(out, analysis, node, true);
    fprintf(out, "\",%" PRIu32 ",", analysis->nodes[node].depth);
    csv_text(out, function->name);
    putc(',', out);
    csv_text(out, function->file);
    fprintf(out, ",%" PRId64, function->line);
    for (uint32_t type = 0; type < analysis->node_sums.types; type++)
        fprintf(out, ",%" PRId64, analysis_self(&analysis->node_sums, node, type));
    putc('\n', out);
}

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    struct report_rows rows;
    if (export_rows(&rows, analysis, error) != 0)
        return -1;
    print_header(out, analysis->profile);
    for (uint32_t i = 0; i < rows.count; i++) {
        if (!is_zero(&analysis->node_sums, rows.rows[i]))
            print_context(out, analysis, rows.rows[i]);
    }
    report_rows_free(&rows);
    return 0;
}

const struct export_format export_csv = {"csv", "a row for each context", print};
