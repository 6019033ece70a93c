/* SPDX-License-Identifier: MIT */
/* Numbers and names in a difference for people: see diff_text.h. */
#include "diff_text.h"

#include <math.h>
#include <string.h>

#include "cli/print/text.h"

static struct units_text with_sign(double value, struct units_text text) {
    if (value > 0) {
        memmove(text.text + 1, text.text, sizeof(text.text) - 1);
        text.text[0] = '+';
        text.text[sizeof(text.text) - 1] = '\0';
    }
    return text;
}

/* Means and parts need not be whole numbers; less than a thousandth is rounding. */
#define LEAST 0.0005

static struct units_text count_text(double count) {
    struct units_text text = units_count((int64_t)fmin(fmax(rint(count), -9e18), 9e18));
    if (count != rint(count) && fabs(count) < 1000)
        snprintf(text.text, sizeof(text.text), "%.2f", count);
    return text;
}

struct units_text diff_text_count(double count, bool has_sign) {
    const struct units_text text = count_text(count);
    return has_sign ? with_sign(count, text) : text;
}

struct units_text diff_text_amount(const struct diff *diff, double amount) {
    if (isnan(amount))
        return (struct units_text){"-"};
    if (fabs(amount) < LEAST)
        amount = 0;
    return strcmp(diff->unit, "count") == 0 ? count_text(amount) : units_amount(amount, diff->unit);
}

struct units_text diff_text_change(const struct diff *diff, double change) {
    return with_sign(fabs(change) < LEAST ? 0 : change, diff_text_amount(diff, change));
}

void diff_text_print_change(FILE *out, const struct diff *diff, const struct diff_page *page,
                            double change, double error, int width) {
    const char *colour = "";
    if (page->is_coloured && diff_is_sure(change, error))
        colour = change > 0 ? "\033[31m" : "\033[32m";
    fprintf(out, "%s%*s%s", colour, width, diff_text_change(diff, change).text,
            colour[0] == '\0' ? "" : "\033[0m");
}

void diff_text_name(FILE *out, const struct diff *diff, uint32_t function) {
    text_print(out, diff_function(diff, function)->name);
}

void diff_text_place(FILE *out, const struct diff *diff, uint32_t function) {
    const struct analysis_function *of = diff_function(diff, function);
    text_print_place(out, text_base_name(of->file), of->line);
}

void diff_text_left_out(FILE *out, uint32_t count, const char *what) {
    if (count != 0)
        fprintf(out, "%s more %s%s; --limit 0 shows all\n", units_count(count).text, what,
                count == 1 ? "" : "s");
}
