/* SPDX-License-Identifier: MIT */
/*
 * The call tree for people: one line a calling context, indented by its depth. Called by the
 * report command.
 */
#include "cli/print/units.h"
#include "report_text.h"

enum { DEEPEST_INDENT = 40 };

static void print_node(FILE *out, const struct analysis *analysis, uint32_t index) {
    const struct analysis_node *node = &analysis->nodes[index];
    const struct analysis_sums *sums = &analysis->node_sums;
    const char *unit = analysis->profile->value_types[analysis->value_type].unit;
    double all = (double)analysis->totals[analysis->value_type];
    double self = (double)analysis_self(sums, index, analysis->value_type);
    double total = (double)analysis_total(sums, index, analysis->value_type);
    fprintf(out, "%11s %6s %11s %15s  ", units_amount(total, unit).text,
            units_share(total, all).text, units_amount(self, unit).text,
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
    if (report_rows_tree(&rows, analysis, options, error) != 0)
        return -1;
    report_text_head(out, analysis);
    fprintf(out, "%11s %6s %11s %15s  %s\n", "total", "share", "self", report_count_name(analysis),
            "function");
    for (uint32_t i = 0; i < rows.count; i++)
        print_node(out, analysis, rows.rows[i]);
    if (rows.left_out != 0)
        fprintf(out, "\n%s smaller contexts left out; --least 0 --limit 0 shows all\n",
                units_count(rows.left_out).text);
    report_rows_free(&rows);
    return 0;
}
