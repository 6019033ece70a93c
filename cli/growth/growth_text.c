/* SPDX-License-Identifier: MIT */
/* Growth for reading: see growth_rows.h. */
#include <inttypes.h>
#include <math.h>

#include "cli/print/text.h"
#include "cli/print/units.h"
#include "growth_rows.h"

static void print_number(FILE *out, double number, int width) {
    if (isfinite(number))
        fprintf(out, "%*.2f", width, number + 0.0);
    else
        fprintf(out, "%*s", width, "-");
}

static void print_name(FILE *out, const struct growth_row *row) {
    if (row->caller != NULL) {
        text_print(out, row->caller);
        fputs(" > ", out);
    }
    text_print(out, row->name);
    if (row->file[0] == '\0')
        return;
    fputs("  ", out);
    text_print(out, text_base_name(row->file));
    if (row->line > 0)
        fprintf(out, ":%" PRId64, row->line);
}

static void print_row(FILE *out, const struct growth *growth, const struct growth_row *row) {
    const struct growth_fit *fit = &row->fit;
    const double last = row->values[growth->size_count - 1];
    print_number(out, fit->exponent, 8);
    print_number(out, fit->low, 8);
    fputs(isfinite(fit->low) ? " .." : "   ", out);
    print_number(out, fit->high, 6);
    print_number(out, fit->last, 6);
    fprintf(out, "  %-8s", fit->points < 2 ? "-" : growth_shape_name(fit->shape));
    if (fit->points < 2)
        fprintf(out, "%8s", "-");
    else
        fprintf(out, "%6.1f %%", 100 * fit->residual);
    fprintf(out, "  %-12s %14s  ", row->value, units_amount(last, row->unit).text);
    print_name(out, row);
    putc('\n', out);
}

static void print_head(FILE *out, const struct growth *growth, const struct growth_page *page) {
    char at[UNITS_SIZE + 8];
    fputs("program   ", out);
    text_print(out, growth->command);
    fputs("\nsizes    ", out);
    for (uint32_t i = 0; i < growth->size_count; i++)
        fprintf(out, " %s", units_count((int64_t)growth->sizes[i]).text);
    snprintf(at, sizeof(at), "at %s",
             units_count((int64_t)growth->sizes[growth->size_count - 1]).text);
    fprintf(out, "\n\n%8s%8s ..%6s%6s  %-8s%8s  %-12s %14s  %s\n", "exponent", "low", "high",
            "last", "shape", "residual", "value", at, page->edges ? "edge" : "function");
}

static void print_gate(FILE *out, const struct growth_gate *gate) {
    static const char *const names[] = {"held", "broken", "undecided"};
    fprintf(out, "%s: ", names[gate->verdict]);
    text_print(out, gate->text);
    if (gate->matched == 0)
        fputs(": no function or edge with exact numbers matches", out);
    if (gate->row != NULL) {
        const struct growth_fit *fit = &gate->row->fit;
        fprintf(out, ": %s of ", gate->row->value);
        print_name(out, gate->row);
        if (fit->points < 3)
            fprintf(out, " occur at only %u of the sizes", fit->points);
        else
            fprintf(out, " grow as n^%.2f (95 %%: %.2f to %.2f)", fit->exponent, fit->low,
                    fit->high);
        if (gate->verdict == GROWTH_UNDECIDED && fit->points >= 3)
            fputs(": the limit is within this interval; use larger sizes, or more of them", out);
    }
    if (gate->skipped != 0)
        fprintf(out, "; %u with fewer than three sizes not judged", gate->skipped);
    putc('\n', out);
}

int growth_print_text(FILE *out, const struct growth *growth, const struct growth_page *page,
                      struct error *error) {
    uint32_t printed = 0, left_out = 0;
    (void)error;
    print_head(out, growth, page);
    for (uint32_t i = 0; i < growth->row_count; i++) {
        const struct growth_row *row = &growth->rows[i];
        if ((row->caller != NULL) != page->edges)
            continue;
        if (page->limit != 0 && printed == page->limit) {
            left_out++;
            continue;
        }
        print_row(out, growth, row);
        printed++;
    }
    if (left_out != 0)
        fprintf(out, "\n%u more left out; --limit 0 shows all\n", left_out);
    if (page->gate_count != 0)
        putc('\n', out);
    for (uint32_t i = 0; i < page->gate_count; i++)
        print_gate(out, &page->gates[i]);
    return 0;
}
