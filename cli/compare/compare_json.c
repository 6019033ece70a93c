/* SPDX-License-Identifier: MIT */
/* A comparison as one JSON object: keys are only ever added. Called by cmd_compare.c. */
#include "compare_print.h"

#include <math.h>

#include "compare_causes.h"
#include "page/json_text.h"

static json_t *number(double value) {
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *stack(const struct compare *compare, const struct compare_row *row) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < row->path_length; i++)
        json_array_append_new(array, json_text(compare->exact->functions[row->path[i]].name));
    return array;
}

static json_t *row_entry(const struct compare *compare, const struct compare_row *row) {
    const struct analysis_function *function = &compare->exact->functions[row->function];
    const char grade[2] = {row->grade, '\0'};
    json_t *entry = json_pack(
        "{s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:s, s:s}", "function",
        json_text(function->name), "file", json_text(function->file), "calls",
        (json_int_t)row->calls, "exact_ns", number(row->time), "exact_error_share",
        number(row->error), "overhead_ns", number(row->overhead), "samples", number(row->samples),
        "exact_share", number(row->exact_share), "sampled_share", number(row->sampled_share), "low",
        number(row->low), "high", number(row->high), "z", number(row->z), "verdict",
        compare_verdict_name(row->verdict), "grade", grade);
    json_object_set_new(entry, "p", number(row->p));
    if (row->path_length != 0)
        json_object_set_new(entry, "stack", stack(compare, row));
    return entry;
}

static json_t *row_name(const struct compare *compare, const struct compare_row *row) {
    return json_text(compare->exact->functions[row->function].name);
}

static json_t *shifts(const struct compare *compare, const struct compare_causes *causes) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < causes->shift_count; i++) {
        const struct compare_shift *shift = &causes->shifts[i];
        json_array_append_new(array, json_pack("{s:o, s:o, s:s}", "function",
                                               row_name(compare, shift->has), "belongs_to",
                                               row_name(compare, shift->lacks), "which_is_its",
                                               shift->to_caller ? "caller" : "callee"));
    }
    return array;
}

static json_t *missed(const struct compare *compare, const struct compare_causes *causes) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < compare->row_count; i++) {
        const struct compare_row *row = &compare->rows[i];
        if (!compare_is_missed(row))
            continue;
        json_t *entry = json_pack("{s:o, s:o}", "function", row_name(compare, row), "expected",
                                  number(causes->samples_matched * row->exact_share));
        if (row->path_length != 0)
            json_object_set_new(entry, "stack", stack(compare, row));
        json_array_append_new(array, entry);
    }
    return array;
}

static void set_causes(json_t *object, const struct compare *compare,
                       const struct compare_causes *causes) {
    json_object_set_new(object, "unresolved", json_integer(causes->unresolved));
    json_object_set_new(object, "samples_matched", number(causes->samples_matched));
    json_object_set_new(object, "samples_needed", number(causes->samples_needed));
    json_object_set_new(object, "samples_needed_for", json_integer(causes->noise_rows));
    json_object_set_new(object, "shifted", shifts(compare, causes));
    json_object_set_new(object, "missed", missed(compare, causes));
}

int compare_print_json(FILE *out, struct compare *compare, const struct compare_page *page,
                       struct error *error) {
    const uint32_t count = compare_page_rows(compare, page);
    struct compare_causes causes;
    if (compare_causes_find(&causes, compare, error) != 0)
        return -1;
    json_t *rows = json_array();
    json_t *object = json_pack(
        "{s:o, s:o, s:s, s:s, s:b, s:o, s:o, s:o, s:o, s:o}", "exact", json_text(page->exact),
        "sampled", json_text(page->sampled), "value", compare->value_name, "against",
        compare->is_raw ? "raw" : "corrected", "same_run", compare->is_same_run, "samples",
        number(compare->samples), "charged_to_callers", number(compare->charged), "unmatched",
        number(compare->unmatched), "overhead_share", number(compare->overhead_share),
        "relative_error", number(compare->relative_error));
    json_object_set_new(object, "in_probes", number(compare->probes));
    json_object_set_new(object, "total_variation", number(compare->total_variation));
    json_object_set_new(object, "total_variation_by_chance", number(compare->by_chance));
    json_object_set_new(object, "chi_square", number(compare->chi_square));
    json_object_set_new(object, "degrees", json_integer(compare->degrees));
    json_object_set_new(object, "chi_square_p", number(compare->chi_square_p));
    json_object_set_new(object, "rank_correlation", number(compare->rank_correlation));
    json_object_set_new(object, "top10", json_integer(compare->top10));
    json_object_set_new(object, "top20", json_integer(compare->top20));
    json_object_set_new(object, "never_sampled", json_integer(compare->never_found));
    json_object_set_new(object, "never_sampled_expected", number(compare->never_expected));
    json_object_set_new(object, "never_sampled_calls",
                        json_integer((json_int_t)compare->never_calls));
    json_object_set_new(object, "differ", json_integer(compare->differ));
    set_causes(object, compare, &causes);
    compare_causes_free(&causes);
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(rows, row_entry(compare, &compare->rows[i]));
    json_object_set_new(object, "rows", rows);
    json_object_set_new(object, "left_out", json_integer(compare->row_count - count));
    return json_print(out, object, error);
}
