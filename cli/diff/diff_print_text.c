/* SPDX-License-Identifier: MIT */
/*
 * A difference for people: what was compared, the change as a whole, its causes, the functions, and
 * what only one side has.
 */
#include <math.h>
#include <string.h>

#include "cli/print/text.h"
#include "diff_text.h"

/* --- the head --------------------------------------------------------------------------------- */

static void print_side(FILE *out, const struct diff *diff, const struct diff_page *page,
                       enum diff_side side) {
    const double error = diff->value_total.error[side];
    fputs(side == DIFF_OLD ? "old       " : "new       ", out);
    text_print(out, page->sources[side][0]);
    if (diff->runs[side] > 1)
        fprintf(out, " and %u more, averaged", diff->runs[side] - 1);
    fprintf(out, ": %s ", diff_text_amount(diff, diff->value_total.mean[side]).text);
    fputs(strcmp(diff->unit, "count") == 0 ? "" : "of ", out);
    text_print(out, diff->value);
    if (error > 0)
        fprintf(out, " +- %s", diff_text_amount(diff, error).text);
    if (diff->count[0] != '\0' && strcmp(diff->count, diff->value) != 0) {
        fprintf(out, ", %s ", diff_text_count(diff->count_total.mean[side], false).text);
        text_print(out, diff->count);
    }
    putc('\n', out);
}

static void print_change(FILE *out, const struct diff *diff, const struct diff_page *page) {
    const struct diff_amount *value = &diff->value_total, *count = &diff->count_total;
    const double change = diff_change(value), error = diff_change_error(value);
    fputs("change    ", out);
    diff_text_print_change(out, diff, page, change, error, 0);
    if (isnan(error))
        fputs(", of unknown interval", out);
    else if (error > 0)
        fprintf(out, " +- %s", diff_text_amount(diff, error).text);
    fprintf(out, ", %s%s", change > 0 ? "+" : "", units_share(change, value->mean[DIFF_OLD]).text);
    if (diff->count[0] != '\0' && strcmp(diff->count, diff->value) != 0) {
        fputs("; ", out);
        text_print(out, diff->count);
        fprintf(out, " %s, %s%s", diff_text_count(diff_change(count), true).text,
                diff_change(count) > 0 ? "+" : "",
                units_share(diff_change(count), count->mean[DIFF_OLD]).text);
        fputs(count->varies ? " (they vary from run to run)" : "", out);
    }
    putc('\n', out);
}

static void print_parts(FILE *out, const struct diff *diff) {
    const struct diff_parts *parts = &diff->parts;
    fprintf(out, "of it     %s more or fewer calls, ", diff_text_change(diff, parts->calls).text);
    fprintf(out, "%s dearer or cheaper calls, ", diff_text_change(diff, parts->cost).text);
    fprintf(out, "%s new callees, ", diff_text_change(diff, parts->added).text);
    fprintf(out, "%s callees that are gone\n", diff_text_change(diff, parts->gone).text);
}

/* A single run does not tell how far runs differ. */
static void print_doubt(FILE *out, const struct diff *diff) {
    if (diff_change_error(&diff->value_total) > 0 && diff->runs[DIFF_OLD] == 1 &&
        diff->runs[DIFF_NEW] == 1)
        fputs("intervals of the probes' cost alone; several runs of a side (--old, --new) show how "
              "far runs differ\n",
              out);
}

/* --- what could not be matched ---------------------------------------------------------------- */

static void print_unmatched(FILE *out, const struct diff *diff, const struct diff_page *page,
                            enum diff_side side) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < diff->function_count; i++) {
        const struct diff_row *row = &diff->functions[i];
        if (!diff_is_only(diff, row, side))
            continue;
        if (count++ == 0)
            fprintf(out, "\nfunctions that only %s has; --rename OLD=NEW matches them\n",
                    side == DIFF_OLD ? "old" : "new");
        if (page->limit != 0 && count > page->limit)
            continue;
        fprintf(out, "%15s  ", diff_text_count(row->calls.mean[side], false).text);
        diff_text_name(out, diff, i);
        diff_text_place(out, diff, i);
        putc('\n', out);
    }
    if (page->limit != 0 && count > page->limit)
        diff_text_left_out(out, count - page->limit, "function");
}

/* --- all together ----------------------------------------------------------------------------- */

int diff_print_text(FILE *out, const struct diff *diff, const struct diff_page *page,
                    struct error *error) {
    print_side(out, diff, page, DIFF_OLD);
    print_side(out, diff, page, DIFF_NEW);
    print_change(out, diff, page);
    print_parts(out, diff);
    print_doubt(out, diff);
    if (page->view != DIFF_VIEW_EDGES)
        diff_text_causes(out, diff, page);
    if (page->view != DIFF_VIEW_CAUSES &&
        diff_text_rows(out, diff, page, page->view == DIFF_VIEW_EDGES, error) != 0)
        return -1;
    if (page->view == DIFF_VIEW_ALL) {
        print_unmatched(out, diff, page, DIFF_OLD);
        print_unmatched(out, diff, page, DIFF_NEW);
    }
    return 0;
}
