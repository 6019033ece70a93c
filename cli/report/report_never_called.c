/* SPDX-License-Identifier: MIT */
/* See report_never_called.h. */
#include "report_never_called.h"
#include "cli/print/csv_text.h"

#include "cli/print/text.h"
#include "cli/print/units.h"
#include "page/json_text.h"
#include "reader/analysis/never_called.h"

static bool is_shown(const struct report_options *options, const struct symbol *function) {
    return options->show == NULL || regexec(options->show, function->name, 0, NULL, 0) == 0;
}

/* Calls `show` for as many functions as are to be shown. Returns how many are left out. */
static uint32_t each(const struct never_called *never_called, const struct report_options *options,
                     void (*show)(void *context, const struct symbol *function), void *context) {
    uint32_t shown = 0, left_out = 0;
    for (uint32_t i = 0; i < never_called->count; i++) {
        if (!is_shown(options, &never_called->functions[i]))
            continue;
        if (options->limit != 0 && shown == options->limit) {
            left_out++;
            continue;
        }
        show(context, &never_called->functions[i]);
        shown++;
    }
    return left_out;
}

/* --- text ------------------------------------------------------------------------------------- */

static void print_row(void *context, const struct symbol *function) {
    FILE *out = context;
    text_print_name(out, function->name);
    text_print_place(out, text_base_name(function->file), function->line);
    putc('\n', out);
}

int report_never_called_text(FILE *out, const struct never_called *never_called,
                             const struct report_options *options, struct error *error) {
    (void)error;
    for (uint32_t i = 0; i < never_called->note_count; i++) {
        fputs("note      ", out);
        text_print(out, never_called->notes[i]);
        putc('\n', out);
    }
    fprintf(out, "%s of %s instrumented functions were never called\n\n",
            units_count(never_called->count).text, units_count(never_called->instrumented).text);
    const uint32_t left_out = each(never_called, options, print_row, out);
    if (left_out != 0)
        fprintf(out, "\n%s more function%s; --limit 0 shows all\n", units_count(left_out).text,
                units_plural(left_out));
    return 0;
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void print_csv_row(void *context, const struct symbol *function) {
    FILE *out = context;
    csv_text(out, function->name);
    putc(',', out);
    csv_text(out, function->file);
    fprintf(out, ",%lld\n", (long long)function->line);
}

int report_never_called_csv(FILE *out, const struct never_called *never_called,
                            const struct report_options *options, struct error *error) {
    (void)error;
    fputs("function,file,line\n", out);
    each(never_called, options, print_csv_row, out);
    return 0;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static void append_row(void *context, const struct symbol *function) {
    json_array_append_new(context,
                          json_pack("{s:o, s:o, s:o, s:I}", "function", json_text(function->name),
                                    "symbol", json_text(function->system_name), "file",
                                    json_text(function->file), "line", (json_int_t)function->line));
}

int report_never_called_json(FILE *out, const struct never_called *never_called,
                             const struct report_options *options, struct error *error) {
    json_t *functions = json_array(), *notes = json_array();
    for (uint32_t i = 0; i < never_called->note_count; i++)
        json_array_append_new(notes, json_text(never_called->notes[i]));
    const uint32_t left_out = each(never_called, options, append_row, functions);
    return json_print(out,
                      json_pack("{s:I, s:I, s:o, s:o, s:I}", "instrumented",
                                (json_int_t)never_called->instrumented, "never_called",
                                (json_int_t)never_called->count, "notes", notes, "functions",
                                functions, "left_out", (json_int_t)left_out),
                      error);
}

int report_never_called(FILE *out, const struct profile *profile,
                        const struct report_format *format, const struct report_options *options,
                        struct error *error) {
    struct never_called *never_called = never_called_new(profile, error);
    if (never_called == NULL)
        return -1;
    const int result = format->never_called(out, never_called, options, error);
    never_called_free(never_called);
    return result;
}
