/* SPDX-License-Identifier: MIT */
/*
 * A difference as CSV: a header, then a line for each function, edge or cause, the largest change
 * first. A value that is not known is empty. Scripts read it: columns are only ever added at the
 * end.
 */
#include <math.h>
#include <stdlib.h>

#include "cli/print/csv_text.h"
#include "diff_print.h"

/* With all digits, so that the parts add up. */
static void print_number(FILE *out, double value) {
    if (isfinite(value))
        fprintf(out, ",%.17g", value == 0 ? 0 : value);
    else
        putc(',', out);
}

static void print_amount(FILE *out, const struct diff_amount *amount) {
    print_number(out, amount->mean[DIFF_OLD]);
    print_number(out, amount->mean[DIFF_NEW]);
    print_number(out, diff_change(amount));
    print_number(out, diff_change_error(amount));
}

static void print_place(FILE *out, const struct analysis_function *function) {
    putc(',', out);
    csv_text(out, function->file);
    fprintf(out, ",%lld\n", (long long)function->line);
}

static void print_row(FILE *out, const struct diff *diff, const struct diff_row *row,
                      bool is_edge) {
    const struct analysis_function *function = diff_function(diff, row->function);
    if (is_edge) {
        csv_text(out, diff_function(diff, row->caller)->name);
        putc(',', out);
    }
    csv_text(out, function->name);
    fprintf(out, ",%s", !row->is_in[DIFF_OLD] ? "new" : row->is_in[DIFF_NEW] ? "both" : "old");
    print_amount(out, &row->calls);
    print_amount(out, &row->self);
    print_number(out, row->parts.calls);
    print_number(out, row->parts.cost);
    print_number(out, row->parts.added);
    print_number(out, row->parts.gone);
    print_amount(out, &row->total);
    print_place(out, function);
}

static int print_rows(FILE *out, const struct diff *diff, const struct diff_page *page,
                      struct error *error) {
    const bool is_edge = page->view == DIFF_VIEW_EDGES;
    struct diff_shown shown;
    if (diff_show(&shown, is_edge ? diff->edges : diff->functions,
                  is_edge ? diff->edge_count : diff->function_count, DIFF_ROWS_ALL, error) != 0)
        return -1;
    fputs(is_edge ? "caller,callee" : "function", out);
    fputs(
        ",in,calls_old,calls_new,calls_change,calls_error,self_old,self_new,self_change,self_error,"
        "by_calls,by_cost,by_new_callers,by_gone_callers,total_old,total_new,total_change,"
        "total_error,file,line\n",
        out);
    for (uint32_t i = 0; i < shown.count && (page->limit == 0 || i < page->limit); i++)
        print_row(out, diff, shown.rows[i], is_edge);
    free(shown.rows);
    return 0;
}

static void print_cause(FILE *out, const struct diff *diff, const struct diff_cause *cause) {
    const struct analysis_function *function = diff_function(diff, cause->function);
    fputs(diff_cause_name(cause->kind), out);
    putc(',', out);
    if (cause->kind != DIFF_CAUSE_COST)
        csv_text(out, diff_function(diff, cause->caller)->name);
    putc(',', out);
    csv_text(out, function->name);
    print_number(out, cause->effect);
    print_number(out, cause->error);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        print_number(out, cause->calls[side]);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        print_number(out, cause->caller_calls[side]);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        print_number(out, cause->self[side]);
    print_number(out, cause->kind == DIFF_CAUSE_COST ? diff_cause_ratio(cause) : NAN);
    print_place(out, function);
}

int diff_print_csv(FILE *out, const struct diff *diff, const struct diff_page *page,
                   struct error *error) {
    if (page->view != DIFF_VIEW_CAUSES)
        return print_rows(out, diff, page, error);
    fputs("cause,caller,function,effect,error,calls_old,calls_new,caller_calls_old,"
          "caller_calls_new,self_old,self_new,ratio,file,line\n",
          out);
    for (uint32_t i = 0; i < diff->cause_count && (page->limit == 0 || i < page->limit); i++)
        print_cause(out, diff, &diff->causes[i]);
    return 0;
}
