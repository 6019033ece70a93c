/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks, for flame graphs: `main;parse;read 42`, outermost first, with the chosen value
 * alone. A ';' in a name becomes ':'; blanks stay, since the count follows the last blank.
 */
#include <inttypes.h>

#include "cli/report/report.h"
#include "export.h"

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    struct report_rows rows;
    if (export_rows(&rows, analysis, error) != 0)
        return -1;
    for (uint32_t i = 0; i < rows.count; i++) {
        const int64_t value =
            analysis_self(&analysis->node_sums, rows.rows[i], analysis->value_type);
        if (value == 0)
            continue;
        export_stack(out, analysis, rows.rows[i], false);
        fprintf(out, " %" PRId64 "\n", value);
    }
    report_rows_free(&rows);
    return 0;
}

const struct export_format export_folded = {"folded", "stacks, one a line, for flame graphs",
                                            print};
