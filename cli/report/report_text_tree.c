/* SPDX-License-Identifier: MIT */
/*
 * The call tree for people: one line for each calling context, indented by its depth. Called by the
 * report command.
 */
#include "cli/print/units.h"
#include "report_text.h"

enum { DEEPEST_INDENT = 40 };

static void print_node(FILE *out, const struct analysis *analysis, uint32_t index) {
    const struct analysis_node *node = &analysis->nodes[index];
    const struct analysis_sums *sums = &analysis->node_sums;
    const struct report_text_value total = report_text_value(analysis, sums, index, true);
    const struct report_text_value self = report_text_value(analysis, sums, index, false);
    fprintf(out, "%11s%s %6s %11s%s %15s  ", total.amount.text, total.grade, total.share.text,
            self.amount.text, self.grade,
            units_count(report_text_count(analysis, sums, index)).text);
    uint32_t indent = node->depth - 1;
    if (indent > DEEPEST_INDENT)
        fprintf(out, "%*s[depth %u] ", 2 * DEEPEST_INDENT, "", node->depth);
    else
        fprintf(out, "%*s", (int)(2 * indent), "");
    report_text_name(out, analysis, node->function);
    putc('\n', out);
}

int report_text_tree(FILE *out, const struct analysis *analysis,
                     const struct report_options *options, struct error *error) {
    struct report_rows rows;
    const char *space = report_text_no_grade(analysis);
    if (report_rows_tree(&rows, analysis, options, error) != 0)
        return -1;
    report_text_head(out, analysis, options);
    fprintf(out, "%11s%s %6s %11s%s %15s  %s\n", "total", space, "share", "self", space,
            report_count_name(analysis), "function");
    for (uint32_t i = 0; i < rows.count; i++)
        print_node(out, analysis, rows.rows[i]);
    report_text_foot(out, analysis, rows.left_out, "smaller context",
                     "--least 0 --limit 0 show all");
    report_rows_free(&rows);
    return 0;
}
