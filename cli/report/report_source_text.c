/* SPDX-License-Identifier: MIT */
/*
 * Source for people: each function from its first line to its end, with what each line costs before
 * it. On a terminal a line is coloured by its share of all.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/print/colour.h"
#include "cli/print/text.h"
#include "cli/print/units.h"
#include "report_source.h"
#include "report_text.h"

enum { LINES_TO_END = 40, LINES_WITHOUT_END = 2, TAB = 8 };

struct printer {
    FILE *out;
    const struct report_source *source;
    uint32_t instructions; /* value type; PROFILE_NONE: not counted, or it is the chosen one */
    bool is_coloured, is_sampled;
};

/* --- a line ----------------------------------------------------------------------------------- */

static const char *heat(const struct printer *printer, uint32_t row) {
    static const struct {
        double share;
        const char *colour;
    } steps[] = {{0.25, "\033[1;31m"}, {0.05, "\033[31m"}, {0.01, "\033[33m"}};
    const struct analysis *analysis = printer->source->analysis;
    const double all = (double)analysis->totals[analysis->value_type];
    const double value = report_shown(analysis, &printer->source->lines->sums, row, true);
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        if (all > 0 && value >= steps[i].share * all)
            return steps[i].colour;
    }
    return "";
}

/* Tabs are as wide as in a terminal. */
static void print_source(FILE *out, const char *line) {
    const size_t size = strlen(line);
    char *text = malloc(size * TAB + 1);
    size_t length = 0;
    for (size_t i = 0; text != NULL && i < size; i++) {
        if (line[i] == '\r' && i + 1 == size)
            break;
        if (line[i] != '\t')
            text[length++] = line[i];
        else
            do
                text[length++] = ' ';
            while (length % TAB != 0);
    }
    if (text != NULL) {
        text[length] = '\0';
        text_print(out, text);
    }
    free(text);
}

/* "12.3 ms A", or blanks of the same width where there is nothing. */
static void print_value(const struct printer *printer, uint32_t row, bool is_total) {
    const struct analysis *analysis = printer->source->analysis;
    const struct analysis_sums *sums = &printer->source->lines->sums;
    const struct report_text_value value = report_text_value(analysis, sums, row, is_total);
    if (report_shown(analysis, sums, row, is_total) == 0)
        fprintf(printer->out, " %11s%s", "", report_text_no_grade(analysis));
    else
        fprintf(printer->out, " %11s%s", value.amount.text, value.grade);
}

static void print_count(FILE *out, int64_t count) {
    fprintf(out, "%15s", count == 0 ? "" : units_count(count).text);
}

/* `row` is one of the lines' rows. */
static void print_values(const struct printer *printer, uint32_t row) {
    const struct source_lines *lines = printer->source->lines;
    const uint32_t sum = lines->sums_row[row];
    const int64_t samples = report_text_count(printer->source->analysis, &lines->sums, sum);
    print_count(printer->out, printer->is_sampled ? samples : lines->rows[row].calls);
    print_value(printer, sum, true);
    print_value(printer, sum, false);
    if (printer->instructions != PROFILE_NONE)
        print_count(printer->out, analysis_total(&lines->sums, sum, printer->instructions));
}

static void print_no_values(const struct printer *printer) {
    const int grades = 2 * (int)strlen(report_text_no_grade(printer->source->analysis));
    fprintf(printer->out, "%*s",
            15 + 24 + grades + (printer->instructions != PROFILE_NONE ? 15 : 0), "");
}

static void print_line(const struct printer *printer, const struct report_source_block *block,
                       uint32_t number, uint32_t row) {
    const char *text = source_text_line(block->source, number);
    const uint32_t sum = row == block->end ? 0 : printer->source->lines->sums_row[row];
    const char *colour = row == block->end || !printer->is_coloured ? "" : heat(printer, sum);
    fputs(colour, printer->out);
    if (row == block->end)
        print_no_values(printer);
    else
        print_values(printer, row);
    if (number == 0)
        fprintf(printer->out, " %7s", "?");
    else
        fprintf(printer->out, " %7u", number);
    if (text != NULL && text[0] != '\0') {
        fputs("  ", printer->out);
        print_source(printer->out, text);
    }
    fputs(colour[0] == '\0' ? "\n" : "\033[0m\n", printer->out);
}

/* --- a function ------------------------------------------------------------------------------- */

/* The line before the function that comes next in the file. */
static uint32_t before_next(const struct analysis *analysis, uint32_t function, uint32_t last) {
    const char *file = analysis->functions[function].file;
    uint32_t end = last + LINES_TO_END;
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        const int64_t line = analysis->functions[i].line;
        if (line > last && line <= end && strcmp(analysis->functions[i].file, file) == 0)
            end = (uint32_t)line - 1;
    }
    return end;
}

static bool is_closed(const char *text) {
    const char *brace = strrchr(text, '}');
    return brace != NULL && brace[1 + strspn(brace + 1, " \t\r;")] == '\0';
}

/* The function ends at a brace that is indented as its first line is, or on its only line; else soon
 * after the last line that has any value. */
static uint32_t last_line(const struct printer *printer, const struct report_source_block *block,
                          uint32_t first, uint32_t last) {
    const char *head = source_text_line(block->source, first), *text;
    const size_t indent = head == NULL ? 0 : strspn(head, " \t");
    const uint32_t end = before_next(printer->source->analysis, block->function, last);
    if (first == last && head != NULL && is_closed(head))
        return last;
    for (uint32_t line = last; line <= end; line++) {
        text = source_text_line(block->source, line);
        if (text == NULL)
            break;
        if (strspn(text, " \t") == indent && text[indent] == '}')
            return line;
    }
    return last + LINES_WITHOUT_END < end ? last + LINES_WITHOUT_END : end;
}

static void print_lines(const struct printer *printer, const struct report_source_block *block) {
    const struct source_line *rows = printer->source->lines->rows;
    const int64_t begin = printer->source->analysis->functions[block->function].line;
    uint32_t row = block->first;
    for (; row < block->end && rows[row].line == 0; row++)
        print_line(printer, block, 0, row);
    if (row == block->end)
        return;
    uint32_t line = begin > 0 && begin < rows[row].line ? (uint32_t)begin : rows[row].line;
    const uint32_t last = rows[block->end - 1].line;
    const uint32_t end = block->source->text == NULL ? last : last_line(printer, block, line, last);
    for (; (line <= end && source_text_line(block->source, line) != NULL) || row < block->end;
         line++) {
        if (source_text_line(block->source, line) == NULL)
            line = rows[row].line;
        const bool has_row = row < block->end && rows[row].line == line;
        print_line(printer, block, line, has_row ? row : block->end);
        row += has_row;
    }
}

static void print_block(const struct printer *printer, const struct report_source_block *block) {
    const struct analysis *analysis = printer->source->analysis;
    const struct analysis_sums *sums = &analysis->function_sums;
    const struct profile *profile = analysis->profile;
    FILE *out = printer->out;
    text_print_name(out, analysis->functions[block->function].name);
    text_print_place(out, analysis->functions[block->function].file,
                     analysis->functions[block->function].line);
    fprintf(out, "\n%s %s, total %s, self %s",
            units_count(report_text_count(analysis, sums, block->function)).text,
            report_count_name(analysis),
            report_text_value(analysis, sums, block->function, true).amount.text,
            report_text_value(analysis, sums, block->function, false).amount.text);
    if (block->source->text == NULL)
        fputs("; its source was not found: --source-path DIR", out);
    else if (profile->time_ns != 0 && block->source->changed_ns > profile->time_ns)
        fputs("; its source has changed since", out);
    fputs("\n\n", out);
    print_lines(printer, block);
    putc('\n', out);
}

/* --- all of it -------------------------------------------------------------------------------- */

static void print_heading(const struct printer *printer) {
    const char *space = report_text_no_grade(printer->source->analysis);
    fprintf(printer->out, "%15s %11s%s %11s%s", printer->is_sampled ? "samples" : "calls made",
            "total", space, "self", space);
    if (printer->instructions != PROFILE_NONE)
        fprintf(printer->out, "%15s", "instructions");
    fprintf(printer->out, " %7s\n\n", "line");
}

int report_source_text(FILE *out, const struct report_source *source, struct error *error) {
    const struct analysis *analysis = source->analysis;
    struct printer printer = {
        .out = out,
        .source = source,
        .instructions = profile_find_value_type(analysis->profile, "instructions"),
        .is_coloured = colour_is_wanted(out),
        .is_sampled = strcmp(report_count_name(analysis), "calls") != 0,
    };
    (void)error;
    if (printer.instructions == analysis->value_type)
        printer.instructions = PROFILE_NONE;
    report_text_head(out, analysis, &(struct report_options){0});
    print_heading(&printer);
    for (uint32_t i = 0; i < source->count; i++)
        print_block(&printer, &source->blocks[i]);
    if (!printer.is_sampled)
        fputs(
            "calls are exact, line by line; a function's own time is on its first line: a sampled "
            "profile\n(cinstr run --sample) has it by line\n",
            out);
    report_text_foot(out, analysis, source->left_out, "more function", "--limit 0 shows all");
    return 0;
}
