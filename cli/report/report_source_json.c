/* SPDX-License-Identifier: MIT */
/* Source as JSON: each function with its lines that have any value. Columns are named as in the
 * other views; `calls_made` are the calls on the line. */
#include "page/json_text.h"
#include "report_source.h"

static void set_values(json_t *object, const struct analysis *analysis,
                       const struct analysis_sums *sums, uint32_t row) {
    struct report_column columns[REPORT_MAX_COLUMNS];
    const uint32_t count = report_columns(analysis, columns);
    for (uint32_t i = 0; i < count; i++)
        json_set_text(object, columns[i].name,
                      json_integer((json_int_t)report_value(sums, row, &columns[i])));
}

static json_t *line_entry(const struct report_source *source,
                          const struct report_source_block *block, uint32_t row) {
    const struct source_line *line = &source->lines->rows[row];
    const char *text = source_text_line(block->source, line->line);
    json_t *object = json_pack("{s:I, s:o, s:I}", "line", (json_int_t)line->line, "text",
                               text == NULL ? json_null() : json_text(text), "calls_made",
                               (json_int_t)line->calls);
    set_values(object, source->analysis, &source->lines->sums, source->lines->sums_row[row]);
    return object;
}

static json_t *block_entry(const struct report_source *source,
                           const struct report_source_block *block) {
    const struct analysis_function *function = &source->analysis->functions[block->function];
    const bool is_found = block->source->text != NULL;
    json_t *lines = json_array();
    for (uint32_t row = block->first; row < block->end; row++)
        json_array_append_new(lines, line_entry(source, block, row));
    json_t *object =
        json_pack("{s:o, s:o, s:I, s:o}", "function", json_text(function->name), "file",
                  json_text(function->file), "line", (json_int_t)function->line, "source",
                  is_found ? json_text(block->source->path) : json_null());
    set_values(object, source->analysis, &source->analysis->function_sums, block->function);
    json_object_set_new(object, "lines", lines);
    return object;
}

int report_source_json(FILE *out, const struct report_source *source, struct error *error) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < source->count; i++)
        json_array_append_new(array, block_entry(source, &source->blocks[i]));
    return json_print(
        out, json_pack("{s:o, s:I}", "functions", array, "left_out", (json_int_t)source->left_out),
        error);
}
