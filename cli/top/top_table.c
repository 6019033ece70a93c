/* SPDX-License-Identifier: MIT */
/* See top_table.h. Between two tables only the calls of functions are remembered. */
#include "top_table.h"

#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "cli/print/text.h"
#include "cli/print/units.h"

struct counted {
    char *name, *file;
    int64_t calls;
};

struct top_table {
    struct profile *profile; /* now */
    struct analysis *analysis;
    char program[64];
    uint32_t pid;
    bool is_live;
    struct counted *before; /* sorted by name and file */
    uint32_t before_count;
    int64_t before_calls, before_ns; /* -1: there was no table */
};

struct top_table *top_table_new(struct error *error) {
    struct top_table *table = calloc(1, sizeof(*table));
    if (table == NULL)
        error_set(error, "out of memory");
    else
        table->before_ns = -1;
    return table;
}

static void forget_before(struct top_table *table) {
    for (uint32_t i = 0; i < table->before_count; i++) {
        free(table->before[i].name);
        free(table->before[i].file);
    }
    free(table->before);
    table->before = NULL;
    table->before_count = 0;
}

void top_table_free(struct top_table *table) {
    if (table == NULL)
        return;
    forget_before(table);
    analysis_free(table->analysis);
    profile_free(table->profile);
    free(table);
}

bool top_table_is_live(const struct top_table *table) {
    return table->is_live;
}

uint32_t top_table_pid(const struct top_table *table) {
    return table->pid;
}

/* --- calls since the table before ------------------------------------------------------------- */

static int compare(const void *left, const void *right) {
    const struct counted *a = left, *b = right;
    const int by_name = strcmp(a->name, b->name);
    return by_name != 0 ? by_name : strcmp(a->file, b->file);
}

static int64_t calls_of(const struct analysis *analysis, uint32_t function) {
    return analysis->count_type == PROFILE_NONE
               ? 0
               : analysis_self(&analysis->function_sums, function, analysis->count_type);
}

static int64_t all_calls(const struct analysis *analysis) {
    return analysis->count_type == PROFILE_NONE ? 0 : analysis->totals[analysis->count_type];
}

static bool remember(struct top_table *table) {
    const struct analysis *analysis = table->analysis;
    const uint32_t count = analysis->function_sums.count;
    forget_before(table);
    table->before = calloc((size_t)count + 1, sizeof(*table->before));
    if (table->before == NULL)
        return false;
    for (; table->before_count < count; table->before_count++) {
        const struct analysis_function *function = &analysis->functions[table->before_count];
        struct counted *counted = &table->before[table->before_count];
        counted->name = strdup(function->name);
        counted->file = strdup(function->file);
        counted->calls = calls_of(analysis, table->before_count);
        if (counted->name == NULL || counted->file == NULL) {
            table->before_count++;
            return false;
        }
    }
    qsort(table->before, count, sizeof(*table->before), compare);
    table->before_calls = all_calls(analysis);
    table->before_ns = table->profile->duration_ns;
    return true;
}

static struct units_text rate(const struct top_table *table, int64_t calls) {
    const int64_t ns = table->profile->duration_ns - table->before_ns;
    struct units_text text = {"-"};
    if (table->before_ns >= 0 && ns > 0 && calls >= 0)
        text = units_count((int64_t)((double)calls * 1e9 / (double)ns));
    return text;
}

static struct units_text rate_of(const struct top_table *table, uint32_t function) {
    const struct analysis_function *of = &table->analysis->functions[function];
    const struct counted key = {.name = (char *)(uintptr_t)of->name,
                                .file = (char *)(uintptr_t)of->file};
    const struct counted *before =
        table->before_count == 0
            ? NULL
            : bsearch(&key, table->before, table->before_count, sizeof(key), compare);
    return rate(table, calls_of(table->analysis, function) - (before == NULL ? 0 : before->calls));
}

/* --- a snapshot ------------------------------------------------------------------------------- */

static int analyse(struct top_table *table, const struct top_options *options,
                   struct error *error) {
    const char *value = options->value;
    if (value == NULL && profile_find_value_type(table->profile, "cpu") != PROFILE_NONE)
        value = "cpu";
    table->analysis =
        analysis_new(table->profile, &(struct analysis_options){.value = value}, error);
    return table->analysis == NULL || analysis_add_edges(table->analysis, error) != 0
               ? -1
               : analysis_add_durations(table->analysis, error);
}

int top_table_update(struct top_table *table, const struct source *source,
                     const struct top_options *options, struct error *error) {
    if (table->analysis != NULL && !remember(table))
        return error_set(error, "out of memory");
    analysis_free(table->analysis);
    profile_free(table->profile);
    table->analysis = NULL;
    struct snapshot *snapshot = source_snapshot(source, "cinstr top", error);
    table->profile = snapshot == NULL
                         ? NULL
                         : build_profile(snapshot, &(struct build_options){.kind = NULL}, error);
    if (snapshot != NULL) {
        snprintf(table->program, sizeof(table->program), "%.63s", snapshot->header.program);
        table->pid = snapshot->header.pid;
        table->is_live = snapshot->is_live;
    }
    snapshot_free(snapshot);
    return table->profile == NULL ? -1 : analyse(table, options, error);
}

/* --- text ------------------------------------------------------------------------------------- */

/* A name of at most `width` columns: its beginning and its end, with "..." between them. */
static void print_cut(FILE *out, const char *name, uint32_t width) {
    wchar_t letters[512];
    const size_t count = mbstowcs(letters, name, sizeof(letters) / sizeof(letters[0]));
    if (width < 8 || count <= width || count >= sizeof(letters) / sizeof(letters[0])) {
        fputs(name, out);
        return;
    }
    const size_t head = (width - 3) / 2, tail = width - 3 - head;
    for (size_t i = 0; i < count; i++) {
        if (i == head)
            fputs("...", out);
        if (i < head || i >= count - tail)
            fprintf(out, "%lc", (wint_t)letters[i]);
    }
}

static int print_name(FILE *out, const char *name, uint32_t width, struct error *error) {
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return error_set(error, "out of memory");
    text_print_name(memory, name);
    fclose(memory);
    print_cut(out, text, width);
    free(text);
    return 0;
}

static void print_head(FILE *out, const struct top_table *table) {
    const struct analysis *analysis = table->analysis;
    const struct profile_value_type *value = &table->profile->value_types[analysis->value_type];
    const struct analysis_sum sum = analysis_sum(analysis, analysis->value_type);
    text_print(out, table->program);
    fprintf(out, " (%u)%s, for %s: %s calls, %s a second; ", table->pid,
            table->is_live ? "" : " has ended", units_ns((double)table->profile->duration_ns).text,
            units_count(all_calls(analysis)).text,
            rate(table, all_calls(analysis) - table->before_calls).text);
    text_print(out, value->name);
    fprintf(out, " %s\n\n", units_amount_within(sum.value, value->unit, sum.error).text);
}

enum { FIRST_COLUMNS = 12 + 1 + 15 + 1 + 12 + 1 + 12 + 2, DURATION_COLUMNS = 22 };

static int print_row(FILE *out, const struct top_table *table, uint32_t function, uint32_t width,
                     struct error *error) {
    const struct analysis *analysis = table->analysis;
    const struct analysis_sums *sums = &analysis->function_sums;
    const char *unit = table->profile->value_types[analysis->value_type].unit;
    uint32_t used = FIRST_COLUMNS;
    for (int is_total = 0; is_total <= 1; is_total++)
        fprintf(out, "%12s ",
                units_amount_within(report_shown(analysis, sums, function, is_total), unit,
                                    analysis_error(analysis, sums, function, is_total))
                    .text);
    fprintf(out, "%15s %12s", units_count(calls_of(analysis, function)).text,
            rate_of(table, function).text);
    if (analysis->function_spreads != NULL) {
        const struct analysis_spread *spread = &analysis->function_spreads[function];
        used += DURATION_COLUMNS;
        fprintf(out, " %10s %10s", units_ns_digits((double)spread->p50, 2).text,
                units_ns_digits((double)spread->p99, 2).text);
    }
    fputs("  ", out);
    const int result = print_name(out, analysis->functions[function].name,
                                  width == 0     ? 0
                                  : width > used ? width - used
                                                 : 8,
                                  error);
    putc('\n', out);
    return result;
}

int top_table_print(FILE *out, const struct top_table *table, const struct top_options *options,
                    uint32_t width, struct error *error) {
    struct report_rows rows;
    int result = 0;
    if (report_rows_functions(
            &rows, table->analysis,
            &(struct report_options){.sort = options->sort, .limit = options->limit}, error) != 0)
        return -1;
    print_head(out, table);
    fprintf(out, "%12s %12s %15s %12s", "self", "total", report_count_name(table->analysis),
            "a second");
    if (table->analysis->function_spreads != NULL)
        fprintf(out, " %10s %10s", "p50", "p99");
    fputs("  function\n", out);
    for (uint32_t i = 0; i < rows.count && result == 0; i++)
        result = print_row(out, table, rows.rows[i], width, error);
    report_rows_free(&rows);
    return result;
}
