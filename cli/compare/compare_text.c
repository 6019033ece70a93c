/* SPDX-License-Identifier: MIT */
/*
 * A comparison for people: what was compared and on which basis, the rows, a summary, and the
 * likely causes of the differences. Names from profiles are printed through text_print().
 */
#include "compare_print.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "cli/print/text.h"
#include "cli/print/units.h"
#include "compare_causes.h"

const char *compare_verdict_name(enum compare_verdict verdict) {
    static const char *const names[] = {[COMPARE_WITHIN_CHANCE] = "within chance",
                                        [COMPARE_WITHIN_ERROR] = "within error",
                                        [COMPARE_MORE] = "more",
                                        [COMPARE_LESS] = "less",
                                        [COMPARE_UNRESOLVED] = "unresolved"};
    return names[verdict];
}

static const char *unit(const struct compare *compare) {
    return compare->row_count != 0 && compare->rows[0].path_length != 0 ? "contexts" : "functions";
}

static double total_time(const struct compare *compare) {
    double total = 0;
    for (uint32_t i = 0; i < compare->row_count; i++)
        total += compare->rows[i].time;
    return total;
}

static void print_head(FILE *out, const struct compare *compare, const struct compare_page *page) {
    fputs("exact     ", out);
    text_print(out, page->exact);
    fprintf(out, ": %s of %s time in %s %s", units_ns(total_time(compare)).text,
            compare->value_name, units_count(compare->row_count).text, unit(compare));
    if (compare->unplaced > 0)
        fprintf(out, "; %s of that is in the wrong functions, which ones is not known",
                units_ns(compare->unplaced).text);
    putc('\n', out);
    fputs("sampled   ", out);
    text_print(out, page->sampled);
    fprintf(out, ": %s samples", units_count((int64_t)compare->samples).text);
    if (compare->probes > 0)
        fprintf(out, "; %s in the probes", units_share(compare->probes, compare->samples).text);
    if (compare->charged > 0)
        fprintf(out, "; %s in code without hooks, charged to its caller",
                units_share(compare->charged, compare->samples).text);
    if (compare->unmatched > 0)
        fprintf(out, "; %s in no function of the exact profile, left out",
                units_share(compare->unmatched, compare->samples).text);
    fputs("\nagainst   ", out);
    if (compare->is_raw)
        fprintf(out, "raw times%s; %s of these are estimated to be probe overhead\n",
                compare->is_same_run ? ", since the samples are of the same run" : "",
                units_share(compare->overhead_share, 1).text);
    else
        fprintf(out,
                "times with the probes taken out%s: those took %s of the run, "
                "known to %.0f%%\n",
                compare->is_same_run ? "" : ", since the samples are of another run",
                units_share(compare->overhead_share, 1).text, 100 * 1.96 * compare->relative_error);
}

/* --- rows ------------------------------------------------------------------------------------- */

enum { CALLERS_SHOWN = 3 };

static void print_name(FILE *out, const struct compare *compare, const struct compare_row *row) {
    const struct analysis_function *function = &compare->exact->functions[row->function];
    text_print_name(out, function->name);
    if (row->path_length == 0 && function->file[0] != '\0') {
        fputs("  ", out);
        text_print(out, text_base_name(function->file));
    }
    for (uint32_t i = 1; i < row->path_length && i <= CALLERS_SHOWN; i++) {
        fputs(" < ", out);
        text_print_name(out, compare->exact->functions[row->path[i]].name);
    }
    if (row->path_length > CALLERS_SHOWN + 1)
        fprintf(out, " < %" PRIu32 " more", row->path_length - CALLERS_SHOWN - 1);
}

static void print_row(FILE *out, const struct compare *compare, const struct compare_row *row) {
    fprintf(out, "%6.2f%%  %6.2f%%  %6.2f%% to %6.2f%%  %6.1f  %-12s  %c  %14s  ",
            100 * row->exact_share, 100 * row->sampled_share, 100 * row->low, 100 * row->high,
            row->z, row->verdict == COMPARE_WITHIN_CHANCE ? "" : compare_verdict_name(row->verdict),
            row->grade, units_count(row->calls).text);
    print_name(out, compare, row);
    putc('\n', out);
}

/* The largest rows, and every row that differs. */
static void print_rows(FILE *out, const struct compare *compare, const struct compare_page *page) {
    const uint32_t limit = compare_page_rows(compare, page);
    uint32_t left_out = 0;
    fputs("\n  exact  sampled         95 % interval       z  verdict       grade        calls  "
          "function\n",
          out);
    for (uint32_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];
        if (i < limit || row->verdict == COMPARE_MORE || row->verdict == COMPARE_LESS)
            print_row(out, compare, row);
        else
            left_out++;
    }
    if (left_out != 0)
        fprintf(out, "\n%s more %s, none of which differs; --limit 0 shows all\n",
                units_count(left_out).text, unit(compare));
}

/* --- overall ---------------------------------------------------------------------------------- */

static void print_sums(FILE *out, const struct compare *compare) {
    fprintf(out,
            "\ndistance  %.2f%% of the samples lie elsewhere; by chance alone %.2f%% would, by the "
            "exact side's error %.2f%%\n",
            100 * compare->total_variation, 100 * compare->by_chance, 100 * compare->by_error);
    fprintf(out,
            "chance    chi-square %.1f with %" PRIu32 " degrees of freedom, that error included: "
            "p = %.2g\n",
            compare->chi_square, compare->degrees, compare->chi_square_p);
    fprintf(out,
            "order     rank correlation %.2f of the 20 largest; %" PRIu32
            " of the top 10 and %" PRIu32 " of the top 20 agree\n",
            compare->rank_correlation, compare->top10, compare->top20);
    fprintf(out, "unseen    %s %s were never sampled, %.0f expected; they made %s calls\n",
            units_count(compare->never_found).text, unit(compare), compare->never_expected,
            units_count(compare->never_calls).text);
}

static void print_noise(FILE *out, const struct compare_causes *causes) {
    const double needed = causes->samples_needed;
    fprintf(out, "noise     shares of the %" PRIu32 " largest to within a tenth take %s samples: ",
            causes->noise_rows, isfinite(needed) ? units_count((int64_t)needed).text : "ever more");
    if (needed <= causes->samples_matched)
        fputs("there are enough\n", out);
    else
        fprintf(out, "%.1f times as many\n", needed / causes->samples_matched);
}

static void print_shifted(FILE *out, const struct compare *compare,
                          const struct compare_causes *causes) {
    for (uint32_t i = 0; i < causes->shift_count; i++) {
        const struct compare_shift *shift = &causes->shifts[i];
        fputs("shifted   ", out);
        print_name(out, compare, shift->has);
        fprintf(out, " has samples that belong to its %s ", shift->to_caller ? "caller" : "callee");
        print_name(out, compare, shift->lacks);
        fputs(": the sampler skids, or one is inlined into the other there\n", out);
    }
}

static void print_missed(FILE *out, const struct compare *compare,
                         const struct compare_causes *causes) {
    for (uint32_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];
        if (!compare_is_missed(row))
            continue;
        fputs("missed    ", out);
        print_name(out, compare, row);
        fprintf(out, " has no sample, %.0f expected: not sampled there, or inlined?\n",
                causes->samples_matched * row->exact_share);
    }
}

/* "functions differ", "function differs". */
static const char *differing(const struct compare *compare, uint32_t count) {
    if (compare->rows[0].path_length != 0)
        return count == 1 ? "context differs" : "contexts differ";
    return count == 1 ? "function differs" : "functions differ";
}

static void print_verdict(FILE *out, const struct compare *compare,
                          const struct compare_causes *causes) {
    if (compare->differ == 0)
        fprintf(out, "verdict   no difference beyond chance and the exact side's error, which is "
                     "lack of evidence, not agreement\n");
    else
        fprintf(out,
                "verdict   %s %s beyond chance and the exact side's error: the sampler is in step "
                "with the program, skids or misses something%s\n",
                units_count(compare->differ).text, differing(compare, compare->differ),
                compare->is_same_run ? "" : ", or the builds differ, as by inlining");
    if (compare->in_error != 0)
        fprintf(out, "error     %s %s beyond chance, but not beyond the exact side's error\n",
                units_count(compare->in_error).text, differing(compare, compare->in_error));
    if (causes->unresolved != 0)
        fprintf(out,
                "unknown   the exact profile does not know the time of %s of the %s: not judged\n",
                units_count(causes->unresolved).text, unit(compare));
}

int compare_print_text(FILE *out, struct compare *compare, const struct compare_page *page,
                       struct error *error) {
    struct compare_causes causes;
    if (compare_causes_find(&causes, compare, error) != 0)
        return -1;
    print_head(out, compare, page);
    print_rows(out, compare, page);
    print_sums(out, compare);
    print_noise(out, &causes);
    print_shifted(out, compare, &causes);
    print_missed(out, compare, &causes);
    print_verdict(out, compare, &causes);
    compare_causes_free(&causes);
    return 0;
}
