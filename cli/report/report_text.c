/* SPDX-License-Identifier: MIT */
/*
 * Reports for people: the page's head and the flat table of functions. Called by the report
 * command. Everything that comes from a profile is printed through text_print().
 */
#include "report_text.h"

#include <string.h>

#include "cli/print/text.h"
#include "cli/print/units.h"

const struct report_format report_text = {
    .name = "text",
    .functions = report_text_functions,
    .edges = report_text_edges,
    .tree = report_text_tree,
};

void report_text_name(FILE *out, const struct analysis *analysis, uint32_t function) {
    if (function == PROFILE_NONE)
        fputs("(no caller recorded)", out);
    else
        text_print_name(out, analysis->functions[function].name);
}

void report_text_place(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_function *of = &analysis->functions[function];
    if (of->file[0] == '\0')
        return;
    fputs("  ", out);
    text_print(out, text_base_name(of->file));
    if (of->line > 0)
        fprintf(out, ":%lld", (long long)of->line);
}

int64_t report_text_count(const struct analysis *analysis, const struct analysis_sums *sums,
                          uint32_t row) {
    uint32_t type = analysis->count_type;
    return type == PROFILE_NONE ? 0 : analysis_self(sums, row, type);
}

static void print_totals(FILE *out, const struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    const struct profile_value_type *value = &profile->value_types[analysis->value_type];
    if (analysis->count_type != PROFILE_NONE) {
        fprintf(out, "%-10s%s in %s contexts\n", report_count_name(analysis),
                units_count(analysis->totals[analysis->count_type]).text,
                units_count(analysis->sample_count).text);
    }
    if (analysis->value_type == analysis->count_type)
        return;
    text_print(out, value->name);
    fprintf(out, "%*s%s", (int)(strlen(value->name) < 9 ? 10 - strlen(value->name) : 1), "",
            units_amount((double)analysis->totals[analysis->value_type], value->unit).text);
    const char *separator = "; --value shows ";
    for (uint32_t i = 0; i < profile->value_type_count; i++) {
        if (i == analysis->value_type || i == analysis->count_type)
            continue;
        fputs(separator, out);
        text_print(out, profile->value_types[i].name);
        separator = ", ";
    }
    putc('\n', out);
}

void report_text_head(FILE *out, const struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    if (profile->mapping_count != 0 && profile->mappings[0].file[0] != '\0') {
        fputs("program   ", out);
        text_print(out, profile->mappings[0].file);
        putc('\n', out);
    }
    if (profile->time_ns != 0) {
        fprintf(out, "recorded  %s", units_date(profile->time_ns).text);
        if (profile->duration_ns > 0)
            fprintf(out, ", for %s", units_ns((double)profile->duration_ns).text);
        putc('\n', out);
    }
    print_totals(out, analysis);
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        fputs("note      ", out);
        text_print(out, profile->comments[i]);
        putc('\n', out);
    }
    putc('\n', out);
}

static void print_function(FILE *out, const struct analysis *analysis, uint32_t function) {
    const struct analysis_sums *sums = &analysis->function_sums;
    const char *unit = analysis->profile->value_types[analysis->value_type].unit;
    double all = (double)analysis->totals[analysis->value_type];
    double self = (double)analysis_self(sums, function, analysis->value_type);
    double total = (double)analysis_total(sums, function, analysis->value_type);
    int64_t calls = report_text_count(analysis, sums, function);
    fprintf(out, "%11s %6s %11s %6s %15s %11s  ", units_amount(self, unit).text,
            units_share(self, all).text, units_amount(total, unit).text,
            units_share(total, all).text, units_count(calls).text,
            calls > 0 ? units_amount(total / (double)calls, unit).text : "-");
    report_text_name(out, analysis, function);
    report_text_place(out, analysis, function);
    putc('\n', out);
}

int report_text_functions(FILE *out, const struct analysis *analysis,
                          const struct report_options *options, struct error *error) {
    struct report_rows rows;
    if (report_rows_functions(&rows, analysis, options, error) != 0)
        return -1;
    report_text_head(out, analysis);
    fprintf(out, "%11s %6s %11s %6s %15s %11s  %s\n", "self", "share", "total", "share",
            report_count_name(analysis), "per call", "function");
    for (uint32_t i = 0; i < rows.count; i++)
        print_function(out, analysis, rows.rows[i]);
    if (rows.left_out != 0)
        fprintf(out, "\n%s more functions; --limit 0 shows all\n", units_count(rows.left_out).text);
    report_rows_free(&rows);
    return 0;
}
