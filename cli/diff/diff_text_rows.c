/* SPDX-License-Identifier: MIT */
/* Causes, functions and edges of a difference, as tables for people (see diff_text.h). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli/print/text.h"
#include "diff_text.h"

/* --- causes: sentences ------------------------------------------------------------------------ */

/* "1.00 -> 50.0 times a call", "2 -> 4 times"; only the number of calls where the caller's calls
 * are not known. */
static void print_times(FILE *out, const struct diff *diff, const struct diff_cause *cause) {
    const double *calls = cause->calls, *of = cause->caller_calls;
    if (of[DIFF_OLD] > 0 && of[DIFF_NEW] > 0)
        fprintf(out, " %.4g -> %.4g times a call", calls[DIFF_OLD] / of[DIFF_OLD],
                calls[DIFF_NEW] / of[DIFF_NEW]);
    fprintf(out, " (%s -> ", diff_text_count(calls[DIFF_OLD], false).text);
    fprintf(out, "%s ", diff_text_count(calls[DIFF_NEW], false).text);
    text_print(out, diff->count);
    fputs(")", out);
}

/* The set of callers may have changed as well; then the mean can rise although each call takes
 * less. */
static void print_ratio(FILE *out, const struct diff_cause *cause, const double means[2]) {
    const double ratio = diff_cause_ratio(cause);
    if (fabs(ratio - 1) > 0.0005 && (ratio > 1) != (means[DIFF_NEW] > means[DIFF_OLD]))
        fprintf(out, ", %+.1f%% in the same contexts", 100 * (ratio - 1));
}

static void print_cost(FILE *out, const struct diff *diff, const struct diff_cause *cause) {
    double means[2];
    if (cause->caller != PROFILE_NONE) {
        diff_text_name(out, diff, cause->caller);
        fputs(" > ", out);
    }
    diff_text_name(out, diff, cause->function);
    fputs(" itself: ", out);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++) {
        means[side] = cause->self[side] / (cause->calls[side] > 0 ? cause->calls[side] : 1);
        fprintf(out, "%s%s", side == DIFF_OLD ? "" : " -> ",
                diff_text_amount(diff, means[side]).text);
    }
    if (cause->calls[DIFF_OLD] > 0 || cause->calls[DIFF_NEW] > 0)
        fputs(strcmp(diff->count, "calls") == 0 ? " a call" : " each", out);
    print_ratio(out, cause, means);
}

static void print_calls(FILE *out, const struct diff *diff, const struct diff_cause *cause) {
    const bool is_one_sided = cause->kind != DIFF_CAUSE_CALLS;
    diff_text_name(out, diff, cause->caller);
    fputs(cause->kind == DIFF_CAUSE_GONE    ? " no longer calls "
          : cause->kind == DIFF_CAUSE_ADDED ? " now calls "
                                            : " calls ",
          out);
    diff_text_name(out, diff, cause->function);
    if (!is_one_sided) {
        print_times(out, diff, cause);
        return;
    }
    const int side = cause->kind == DIFF_CAUSE_ADDED ? DIFF_NEW : DIFF_OLD;
    fprintf(out, " (%s ", diff_text_count(cause->calls[side], false).text);
    text_print(out, diff->count);
    fputs(")", out);
}

static void print_cause(FILE *out, const struct diff *diff, const struct diff_page *page,
                        const struct diff_cause *cause) {
    diff_text_print_change(out, diff, page, cause->effect, cause->error, 11);
    fprintf(out, " %11s  ", cause->error == 0 ? "" : diff_text_amount(diff, cause->error).text);
    if (cause->kind == DIFF_CAUSE_COST)
        print_cost(out, diff, cause);
    else
        print_calls(out, diff, cause);
    diff_text_place(out, diff, cause->function);
    putc('\n', out);
}

void diff_text_causes(FILE *out, const struct diff *diff, const struct diff_page *page) {
    double rest = 0;
    uint32_t left_out = 0;
    fprintf(out, "\n%11s %11s  cause; all of them add up to the change\n", "effect", "+-");
    for (uint32_t i = 0; i < diff->cause_count; i++) {
        if (page->limit == 0 || i < page->limit) {
            print_cause(out, diff, page, &diff->causes[i]);
        } else {
            rest += diff->causes[i].effect;
            left_out++;
        }
    }
    if (left_out != 0)
        fprintf(out, "%11s %11s  %s more; --limit 0 shows all\n", diff_text_change(diff, rest).text,
                "", units_count(left_out).text);
    if (diff->cause_count == 0)
        fputs("          0              none\n", out);
}

/* --- rows ------------------------------------------------------------------------------------- */

static void print_head(FILE *out, const struct diff *diff, bool is_edge) {
    fprintf(out, "\n%s by the change of self ", is_edge ? "edges" : "functions");
    text_print(out, diff->value);
    fputs("; of it by more or fewer calls, by what each takes, by callers new and gone\n", out);
    fprintf(out, "%11s %11s %11s %11s %11s %11s %15s %15s  %s\n", "change", "+-", "calls", "each",
            "new", "gone", "count old", "count new", is_edge ? "caller > callee" : "function");
}

static void print_row(FILE *out, const struct diff *diff, const struct diff_page *page,
                      const struct diff_row *row, bool is_edge) {
    const struct diff_parts *parts = &row->parts;
    const double error = diff_change_error(&row->self);
    diff_text_print_change(out, diff, page, diff_change(&row->self), error, 11);
    fprintf(out, " %11s", error == 0 ? "" : diff_text_amount(diff, error).text);
    fprintf(out, " %11s", diff_text_change(diff, parts->calls).text);
    fprintf(out, " %11s", diff_text_change(diff, parts->cost).text);
    fprintf(out, " %11s", diff_text_change(diff, parts->added).text);
    fprintf(out, " %11s", diff_text_change(diff, parts->gone).text);
    for (int side = DIFF_OLD; side <= DIFF_NEW; side++)
        fprintf(out, " %15s",
                row->is_in[side] ? diff_text_count(row->calls.mean[side], false).text : "-");
    fputs("  ", out);
    if (is_edge) {
        diff_text_name(out, diff, row->caller);
        fputs(" > ", out);
    }
    diff_text_name(out, diff, row->function);
    diff_text_place(out, diff, row->function);
    putc('\n', out);
}

int diff_text_rows(FILE *out, const struct diff *diff, const struct diff_page *page, bool is_edge,
                   struct error *error) {
    struct diff_shown shown;
    if (diff_show(&shown, is_edge ? diff->edges : diff->functions,
                  is_edge ? diff->edge_count : diff->function_count, DIFF_ROWS_CHANGED, error) != 0)
        return -1;
    const uint32_t count =
        page->limit == 0 || page->limit > shown.count ? shown.count : page->limit;
    print_head(out, diff, is_edge);
    for (uint32_t i = 0; i < count; i++)
        print_row(out, diff, page, shown.rows[i], is_edge);
    if (shown.count == 0)
        fprintf(out, "          0 in all %s\n", is_edge ? "edges" : "functions");
    diff_text_left_out(out, shown.count - count, is_edge ? "changed edge" : "changed function");
    free(shown.rows);
    return 0;
}
