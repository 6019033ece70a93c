/* SPDX-License-Identifier: MIT */
/*
 * What stands above and below the tables of a report for people. Above are at most two lines, the
 * total and a warning; with --verbose, all other comments. Called by report_text*.c.
 */
#include <string.h>

#include "cli/print/text.h"
#include "reader/base/doubt.h"
#include "reader/profile/stated.h"
#include "report_text.h"

/* --- above ------------------------------------------------------------------------------------ */

/* The interval: never below 0, and with no more digits than are known. */
static void print_interval(FILE *out, double value, double error, const char *of) {
    const double off = DOUBT_95 * error;
    const int digits = doubt_digits(value, error);
    if (error >= 0 && value > 0)
        fprintf(out, " (%s to %s%s, 95 %%)",
                units_ns_digits(value > off ? value - off : 0, digits).text,
                units_ns_digits(value + off, digits).text, of);
}

/* "cpu       484 ms (440 ms to 530 ms in a plain build, 95 %)". */
static void print_sum(FILE *out, const struct analysis *analysis) {
    const struct profile_value_type *value = &analysis->profile->value_types[analysis->value_type];
    const struct analysis_sum sum = analysis_sum(analysis, analysis->value_type);
    text_print(out, value->name);
    fprintf(out, "%*s%s", (int)(strlen(value->name) < 9 ? 10 - strlen(value->name) : 1), "",
            units_amount_within(sum.value, value->unit, sum.error).text);
    if (sum.plain_error >= 0)
        print_interval(out, sum.value, sum.plain_error, " in a plain build");
    else
        print_interval(out, sum.value, sum.error, "");
}

static void print_totals(FILE *out, const struct analysis *analysis) {
    const bool is_count = analysis->value_type == analysis->count_type;
    if (!is_count)
        print_sum(out, analysis);
    if (analysis->count_type != PROFILE_NONE) {
        const struct units_text count = units_count(analysis->totals[analysis->count_type]);
        if (is_count)
            fprintf(out, "%-10s%s", report_count_name(analysis), count.text);
        else
            fprintf(out, "; %s %s", count.text, report_count_name(analysis));
        fprintf(out, " in %s context%s", units_count(analysis->sample_count).text,
                units_plural(analysis->sample_count));
    }
    putc('\n', out);
}

static void print_origin(FILE *out, const struct profile *profile) {
    if (profile->mapping_count != 0 && profile->mappings[0].file[0] != '\0') {
        fputs("program   ", out);
        text_print(out, profile->mappings[0].file);
        putc('\n', out);
    }
    if (profile->time_ns == 0)
        return;
    fprintf(out, "recorded  %s", units_date(profile->time_ns).text);
    if (profile->duration_ns > 0)
        fprintf(out, ", for %s", units_ns((double)profile->duration_ns).text);
    putc('\n', out);
}

/* Prints the first warning and how many more there are, or all of them. */
static void print_warnings(FILE *out, const struct profile *profile, bool is_all) {
    uint32_t more = 0;
    bool is_begun = false;
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        const char *warning = stated_warning(profile->comments[i]);
        if (warning == NULL)
            continue;
        if (is_begun && !is_all) {
            more++;
            continue;
        }
        fputs(is_begun ? "\nwarning   " : "warning   ", out);
        text_print(out, warning);
        is_begun = true;
    }
    if (more != 0)
        fprintf(out, " (%u more warning%s: --verbose)", more, units_plural(more));
    if (is_begun)
        putc('\n', out);
}

static void print_notes(FILE *out, const struct profile *profile) {
    for (uint32_t i = 0; i < profile->comment_count; i++) {
        if (stated_warning(profile->comments[i]) != NULL)
            continue;
        fputs("note      ", out);
        text_print(out, profile->comments[i]);
        putc('\n', out);
    }
}

void report_text_head(FILE *out, const struct analysis *analysis,
                      const struct report_options *options) {
    const struct profile *profile = analysis->profile;
    if (options->verbose)
        print_origin(out, profile);
    print_totals(out, analysis);
    print_warnings(out, profile, options->verbose);
    if (options->verbose)
        print_notes(out, profile);
    putc('\n', out);
}

/* --- below ------------------------------------------------------------------------------------ */

/* CPU time is the default for programs with threads (build_profile.c). */
static bool is_threads(const struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    return strcmp(profile->default_value_type, "cpu") == 0 &&
           strcmp(profile->value_types[analysis->value_type].name, "cpu") == 0 &&
           profile_find_value_type(profile, "wall") != PROFILE_NONE;
}

static void print_values(FILE *out, const struct analysis *analysis) {
    const struct profile *profile = analysis->profile;
    bool is_begun = false;
    for (uint32_t i = 0; i < profile->value_type_count; i++) {
        if (i == analysis->value_type || i == analysis->count_type ||
            !analysis_is_shown(profile, i))
            continue;
        fputs(is_begun ? ", " : "--value shows ", out);
        text_print(out, profile->value_types[i].name);
        is_begun = true;
    }
    if (is_begun)
        putc('\n', out);
}

void report_text_foot(FILE *out, const struct analysis *analysis, uint32_t left_out,
                      const char *what, const char *how) {
    putc('\n', out);
    if (left_out != 0)
        fprintf(out, "%s %s%s; %s\n", units_count(left_out).text, what, units_plural(left_out),
                how);
    if (analysis->function_spreads != NULL)
        fputs("durations are as measured, probes included: the longest is exact, the others are "
              "within 12.5 %\n",
              out);
    else if (analysis_has_errors(analysis))
        fputs("A: known to within 5 %, B: 20 %, C: worse, -: not known (95 % intervals)\n", out);
    if (is_threads(analysis))
        fputs("CPU time, since the program has threads; --value wall shows wall time, waits "
              "included\n",
              out);
    print_values(out, analysis);
}
