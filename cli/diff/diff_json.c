/* SPDX-License-Identifier: MIT */
/*
 * A difference as one JSON object: keys are only ever added. A value that is not known is null; the
 * parts of a change have all digits, so that they add up. Called by cmd_diff.c.
 */
#include <math.h>
#include <stdlib.h>

#include "diff_print.h"
#include "page/json_text.h"

#define WHOLE_BELOW 9007199254740992.0 /* 2^53: whole numbers are exact */

static json_t *number(double value) {
    if (!isfinite(value))
        return json_null();
    return value == rint(value) && fabs(value) < WHOLE_BELOW ? json_integer((json_int_t)value)
                                                             : json_real(value);
}

static json_t *amount(const struct diff_amount *of) {
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "old", number(of->mean[DIFF_OLD]),
                     "new", number(of->mean[DIFF_NEW]), "change", number(diff_change(of)), "error",
                     number(diff_change_error(of)), "old_error", number(of->error[DIFF_OLD]),
                     "new_error", number(of->error[DIFF_NEW]), "varies", of->varies);
}

static json_t *parts(const struct diff_parts *of) {
    return json_pack("{s:o, s:o, s:o, s:o}", "calls", number(of->calls), "cost", number(of->cost),
                     "new", number(of->added), "gone", number(of->gone));
}

static json_t *name_of(const struct diff *diff, uint32_t function) {
    return function == PROFILE_NONE ? json_null() : json_text(diff_function(diff, function)->name);
}

static json_t *file_of(const struct diff *diff, uint32_t function) {
    return function == PROFILE_NONE ? json_null() : json_text(diff_function(diff, function)->file);
}

static json_t *row_entry(const struct diff *diff, const struct diff_row *row, bool is_edge) {
    json_t *entry = json_object();
    if (is_edge) {
        json_object_set_new(entry, "caller", name_of(diff, row->caller));
        json_object_set_new(entry, "caller_file", file_of(diff, row->caller));
    }
    json_object_set_new(entry, is_edge ? "callee" : "function", name_of(diff, row->function));
    json_object_set_new(entry, is_edge ? "callee_file" : "file", file_of(diff, row->function));
    json_object_set_new(entry, is_edge ? "callee_line" : "line",
                        json_integer((json_int_t)diff_function(diff, row->function)->line));
    json_object_set_new(entry, "in_old", json_boolean(row->is_in[DIFF_OLD]));
    json_object_set_new(entry, "in_new", json_boolean(row->is_in[DIFF_NEW]));
    json_object_set_new(entry, "calls", amount(&row->calls));
    json_object_set_new(entry, "self", amount(&row->self));
    json_object_set_new(entry, "self_parts", parts(&row->parts));
    json_object_set_new(entry, "total", amount(&row->total));
    return entry;
}

static json_t *row_entries(const struct diff *diff, const struct diff_page *page, bool is_edge,
                           struct error *error) {
    struct diff_shown shown;
    if (diff_show(&shown, is_edge ? diff->edges : diff->functions,
                  is_edge ? diff->edge_count : diff->function_count, DIFF_ROWS_ALL, error) != 0)
        return NULL;
    json_t *array = json_array();
    for (uint32_t i = 0; i < shown.count && (page->limit == 0 || i < page->limit); i++)
        json_array_append_new(array, row_entry(diff, shown.rows[i], is_edge));
    free(shown.rows);
    return array;
}

static json_t *side_pair(const double of[2]) {
    return json_pack("[o, o]", number(of[DIFF_OLD]), number(of[DIFF_NEW]));
}

static json_t *cause_entries(const struct diff *diff, const struct diff_page *page) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < diff->cause_count && (page->limit == 0 || i < page->limit); i++) {
        const struct diff_cause *cause = &diff->causes[i];
        json_array_append_new(
            array,
            json_pack("{s:s, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o, s:o, s:o}", "cause",
                      diff_cause_name(cause->kind), "caller", name_of(diff, cause->caller),
                      "caller_file", file_of(diff, cause->caller), "function",
                      name_of(diff, cause->function), "file", file_of(diff, cause->function),
                      "line", (json_int_t)diff_function(diff, cause->function)->line, "effect",
                      number(cause->effect), "error", number(cause->error), "calls",
                      side_pair(cause->calls), "caller_calls", side_pair(cause->caller_calls),
                      "self", side_pair(cause->self), "ratio",
                      number(cause->kind == DIFF_CAUSE_COST ? diff_cause_ratio(cause) : NAN)));
    }
    return array;
}

static json_t *unmatched(const struct diff *diff, enum diff_side side) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < diff->function_count; i++) {
        const struct diff_row *row = &diff->functions[i];
        if (diff_is_only(diff, row, side))
            json_array_append_new(array, json_pack("{s:o, s:o}", "function", name_of(diff, i),
                                                   "file", file_of(diff, i)));
    }
    return array;
}

static json_t *side(const struct diff *diff, const struct diff_page *page, enum diff_side of) {
    json_t *sources = json_array();
    for (uint32_t i = 0; i < diff->runs[of]; i++)
        json_array_append_new(sources, json_text(page->sources[of][i]));
    return json_pack("{s:o, s:o, s:o}", "profiles", sources, "program",
                     json_text(diff->program[of]), "only", unmatched(diff, of));
}

static json_t *document(const struct diff *diff, const struct diff_page *page,
                        struct error *error) {
    json_t *functions = row_entries(diff, page, false, error);
    json_t *edges = functions == NULL ? NULL : row_entries(diff, page, true, error);
    if (edges == NULL) {
        json_decref(functions);
        return NULL;
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "value",
                     json_text(diff->value), "unit", json_text(diff->unit), "count",
                     json_text(diff->count), "old", side(diff, page, DIFF_OLD), "new",
                     side(diff, page, DIFF_NEW), "total", amount(&diff->value_total), "calls",
                     amount(&diff->count_total), "causes", cause_entries(diff, page), "functions",
                     functions, "edges", edges);
}

/* The sums of all causes by kind, however many are printed. */
static void set_parts(json_t *object, const struct diff *diff) {
    json_object_set_new(object, "parts", parts(&diff->parts));
    json_object_set_new(object, "cause_count", json_integer((json_int_t)diff->cause_count));
}

int diff_print_json(FILE *out, const struct diff *diff, const struct diff_page *page,
                    struct error *error) {
    json_t *object = document(diff, page, error);
    if (object == NULL)
        return -1;
    set_parts(object, diff);
    return json_print(out, object, error);
}

/* --- the page --------------------------------------------------------------------------------- */

static json_t *tree(const struct diff *diff) {
    json_t *parents = json_array(), *functions = json_array();
    json_t *columns[4] = {json_array(), json_array(), json_array(), json_array()};
    for (uint32_t i = 1; i < diff->node_count; i++) {
        const struct diff_node *node = &diff->nodes[i];
        json_array_append_new(parents, json_integer((json_int_t)node->parent));
        json_array_append_new(functions, json_integer((json_int_t)node->function));
        for (int of = DIFF_OLD; of <= DIFF_NEW; of++) {
            json_array_append_new(columns[of], number(node->self[of]));
            json_array_append_new(columns[2 + of], number(node->calls[of]));
        }
    }
    return json_pack("{s:I, s:o, s:o, s:[o, o], s:[o, o]}", "count",
                     (json_int_t)diff->node_count - 1, "parent", parents, "function", functions,
                     "self", columns[0], columns[1], "calls", columns[2], columns[3]);
}

static json_t *tree_functions(const struct diff *diff) {
    json_t *names = json_array(), *files = json_array(), *lines = json_array();
    for (uint32_t i = 0; i < diff->function_count; i++) {
        json_array_append_new(names, name_of(diff, i));
        json_array_append_new(files, file_of(diff, i));
        json_array_append_new(lines, json_integer((json_int_t)diff_function(diff, i)->line));
    }
    return json_pack("{s:o, s:o, s:o}", "name", names, "file", files, "line", lines);
}

int diff_print_data(FILE *out, const struct diff *diff, const struct diff_page *page,
                    struct error *error) {
    json_t *object = document(diff, page, error);
    if (object == NULL)
        return -1;
    set_parts(object, diff);
    json_object_set_new(object, "nodes", tree(diff));
    json_object_set_new(object, "names", tree_functions(diff));
    const int result = json_dumpf(object, out, JSON_COMPACT | JSON_ENSURE_ASCII);
    json_decref(object);
    return result == 0 ? 0 : error_set(error, "cannot write JSON");
}
