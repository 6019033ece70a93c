/* SPDX-License-Identifier: MIT */
/* See report_slowest.h. */
#include "report_slowest.h"

#include <stdlib.h>

#include "cli/print/units.h"
#include "page/json_text.h"
#include "reader/analysis/slowest.h"
#include "report_stack.h"

struct slowest {
    const struct profile *profile;
    struct slowest_calls *rows;
    uint32_t count;
};

static void print_duration(FILE *out, const struct slowest_calls *row) {
    if (!row->is_longest)
        fprintf(out, "about %s, %s call%s\n", units_ns_digits((double)row->ns, 2).text,
                units_count(row->calls).text, units_plural(row->calls));
    else if (row->calls == 1)
        fprintf(out, "%s\n", units_ns((double)row->ns).text);
    else
        fprintf(out, "%s, and %s more about as long\n", units_ns((double)row->ns).text,
                units_count(row->calls - 1).text);
}

int report_slowest_text(FILE *out, const struct slowest *slowest, struct error *error) {
    (void)error;
    for (uint32_t i = 0; i < slowest->count; i++) {
        print_duration(out, &slowest->rows[i]);
        report_stack_text(out, slowest->profile, slowest->rows[i].sample);
        putc('\n', out);
    }
    fputs("durations are as measured, probes included; when a call was made is not recorded: "
          "trace_ring=\nkeeps that of the last calls\n",
          out);
    return 0;
}

int report_slowest_json(FILE *out, const struct slowest *slowest, struct error *error) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < slowest->count; i++) {
        const struct slowest_calls *row = &slowest->rows[i];
        json_array_append_new(array, json_pack("{s:I, s:b, s:I, s:o}", "duration_ns",
                                               (json_int_t)row->ns, "is_exact", row->is_longest,
                                               "calls", (json_int_t)row->calls, "stack",
                                               report_stack_json(slowest->profile, row->sample)));
    }
    return json_print(out, json_pack("{s:o}", "slowest", array), error);
}

int report_slowest(FILE *out, const struct analysis *analysis, const struct report_format *format,
                   const struct report_options *options, struct error *error) {
    struct slowest slowest = {.profile = analysis->profile};
    slowest.rows = calloc(options->slowest, sizeof(*slowest.rows));
    if (slowest.rows == NULL)
        return error_set(error, "out of memory");
    const int64_t found =
        slowest_find(analysis, options->show, slowest.rows, options->slowest, error);
    slowest.count = found > 0 ? (uint32_t)found : 0;
    const int result = found < 0 ? -1 : format->slowest(out, &slowest, error);
    free(slowest.rows);
    return result;
}
