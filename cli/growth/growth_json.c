/* SPDX-License-Identifier: MIT */
/* Growth as one JSON object, and as CSV: see growth_rows.h. Keys and columns are only ever
 * added.
 *  */
#include <inttypes.h>
#include <math.h>

#include "cli/print/csv_text.h"
#include "growth_rows.h"
#include "page/json_text.h"

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *numbers(const double *values, uint32_t count) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(array, json_integer((json_int_t)values[i]));
    return array;
}

static json_t *row_entry(const struct growth *growth, const struct growth_row *row) {
    const struct growth_fit *fit = &row->fit;
    json_t *entry =
        json_pack("{s:o, s:o, s:o, s:I, s:s, s:s, s:b, s:o, s:i}", "caller",
                  row->caller == NULL ? json_null() : json_text(row->caller), "function",
                  json_text(row->name), "file", json_text(row->file), "line", (json_int_t)row->line,
                  "value", row->value, "unit", row->unit, "exact", row->is_exact, "values",
                  numbers(row->values, growth->size_count), "points", (int)fit->points);
    json_object_set_new(entry, "exponent", number(fit->exponent));
    json_object_set_new(entry, "scale", number(fit->scale));
    json_object_set_new(entry, "low", number(fit->low));
    json_object_set_new(entry, "high", number(fit->high));
    json_object_set_new(entry, "last", number(fit->last));
    json_object_set_new(entry, "residual", number(fit->residual));
    json_object_set_new(entry, "shape",
                        fit->points < 2 ? json_null() : json_string(growth_shape_name(fit->shape)));
    json_object_set_new(entry, "shape_deviation", number(fit->deviation));
    return entry;
}

static json_t *gate_entry(const struct growth *growth, const struct growth_gate *gate) {
    static const char *const names[] = {"held", "broken", "undecided"};
    return json_pack("{s:o, s:s, s:f, s:i, s:i, s:o}", "gate", json_text(gate->text), "verdict",
                     names[gate->verdict], "most", gate->most, "matched", (int)gate->matched,
                     "not_judged", (int)gate->skipped, "row",
                     gate->row == NULL ? json_null() : row_entry(growth, gate->row));
}

int growth_print_json(FILE *out, const struct growth *growth, const struct growth_page *page,
                      struct error *error) {
    json_t *rows = json_array(), *gates = json_array();
    for (uint32_t i = 0; i < growth->row_count; i++)
        json_array_append_new(rows, row_entry(growth, &growth->rows[i]));
    for (uint32_t i = 0; i < page->gate_count; i++)
        json_array_append_new(gates, gate_entry(growth, &page->gates[i]));
    return json_print(out,
                      json_pack("{s:o, s:o, s:o, s:o}", "command", json_text(growth->command),
                                "sizes", numbers(growth->sizes, growth->size_count), "gates", gates,
                                "rows", rows),
                      error);
}

/* --- CSV -------------------------------------------------------------------------------------- */

static void print_column(FILE *out, double value) {
    if (isfinite(value))
        fprintf(out, ",%.6g", value);
    else
        putc(',', out);
}

static void print_row(FILE *out, const struct growth *growth, const struct growth_row *row) {
    const struct growth_fit *fit = &row->fit;
    csv_text(out, row->value);
    putc(',', out);
    csv_text(out, row->caller == NULL ? "" : row->caller);
    putc(',', out);
    csv_text(out, row->name);
    putc(',', out);
    csv_text(out, row->file);
    fprintf(out, ",%" PRId64, row->line);
    print_column(out, fit->exponent);
    print_column(out, fit->low);
    print_column(out, fit->high);
    print_column(out, fit->last);
    print_column(out, fit->residual);
    fprintf(out, ",%s", fit->points < 2 ? "" : growth_shape_name(fit->shape));
    for (uint32_t i = 0; i < growth->size_count; i++)
        fprintf(out, ",%.0f", row->values[i]);
    putc('\n', out);
}

int growth_print_csv(FILE *out, const struct growth *growth, const struct growth_page *page,
                     struct error *error) {
    (void)page;
    (void)error;
    fputs("value,caller,function,file,line,exponent,low,high,last,residual,shape", out);
    for (uint32_t i = 0; i < growth->size_count; i++)
        fprintf(out, ",%.0f", growth->sizes[i]);
    putc('\n', out);
    for (uint32_t i = 0; i < growth->row_count; i++)
        print_row(out, growth, &growth->rows[i]);
    return 0;
}
