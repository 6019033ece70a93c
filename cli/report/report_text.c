/* SPDX-License-Identifier: MIT */
/*
 * What the text reports share: see report_text.h. Everything that comes from a profile is printed
 * through text_print().
 */
#include "report_text.h"

#include <string.h>

#include "cli/print/text.h"
#include "cli/print/units.h"

void report_text_name(FILE *out, const struct analysis *analysis, uint32_t function) {
    if (function == PROFILE_NONE)
        fputs("(no caller recorded)", out);
    else
        text_print(out, analysis->functions[function].name);
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
