/* SPDX-License-Identifier: MIT */
/*
 * See growth_rows.h. Every number of every profile becomes a cell. After sorting, the cells of one
 * function or edge and one value are next to each other. Functions are told apart by name.
 */
#include "growth_rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct cell {
    const char *caller, *name; /* caller "": it is a function; "-": it is called from nowhere */
    const struct analysis_function *function;
    const struct profile_value_type *type;
    uint32_t size;
    int64_t number;
};

struct cells {
    struct cell *list;
    size_t count, capacity;
};

/* --- values ----------------------------------------------------------------------------------- */

static bool is_time(const struct profile_value_type *type) {
    return strcmp(type->unit, "nanoseconds") == 0;
}

/* Calls and instructions, and one time: CPU time if it was recorded. */
static bool is_wanted(const struct growth *growth, const struct profile *profile, uint32_t type) {
    const char *name = profile->value_types[type].name;
    if (growth->value != NULL)
        return strcmp(name, growth->value) == 0;
    return strcmp(name, "calls") == 0 || strcmp(name, "instructions") == 0 ||
           strcmp(name, "cpu") == 0 ||
           (strcmp(name, "wall") == 0 && profile_find_value_type(profile, "cpu") == PROFILE_NONE);
}

/* --- cells ------------------------------------------------------------------------------------ */

static bool add_cell(struct cells *cells, struct cell cell) {
    if (cell.number == 0)
        return true;
    if (cells->count == cells->capacity) {
        const size_t capacity = cells->capacity == 0 ? 1024 : 2 * cells->capacity;
        struct cell *list = reallocarray(cells->list, capacity, sizeof(*list));
        if (list == NULL)
            return false;
        cells->list = list;
        cells->capacity = capacity;
    }
    cells->list[cells->count++] = cell;
    return true;
}

static bool add_value(struct cells *cells, const struct growth *growth, uint32_t size,
                      uint32_t type) {
    const struct analysis *analysis = growth->analyses[size];
    struct cell cell = {.type = &analysis->profile->value_types[type], .size = size};
    bool good = true;
    for (uint32_t i = 0; good && i < analysis->function_sums.count; i++) {
        cell.caller = "";
        cell.function = &analysis->functions[i];
        cell.name = cell.function->name;
        cell.number = analysis_self(&analysis->function_sums, i, type);
        good = add_cell(cells, cell);
    }
    for (uint32_t i = 0; good && i < analysis->edge_sums.count; i++) {
        const struct analysis_edge *edge = &analysis->edges[i];
        cell.caller = edge->caller == PROFILE_NONE ? "-" : analysis->functions[edge->caller].name;
        cell.function = &analysis->functions[edge->callee];
        cell.name = cell.function->name;
        cell.number = analysis_self(&analysis->edge_sums, i, type);
        good = add_cell(cells, cell);
    }
    return good;
}

static int by_row(const void *left, const void *right) {
    const struct cell *a = left, *b = right;
    int order = strcmp(a->type->name, b->type->name);
    if (order == 0)
        order = strcmp(a->caller, b->caller);
    return order != 0 ? order : strcmp(a->name, b->name);
}

static int collect(struct cells *cells, const struct growth *growth, struct error *error) {
    bool is_there = false;
    for (uint32_t size = 0; size < growth->size_count; size++) {
        const struct profile *profile = growth->profiles[size];
        for (uint32_t type = 0; type < profile->value_type_count; type++) {
            if (!is_wanted(growth, profile, type))
                continue;
            is_there = true;
            if (!add_value(cells, growth, size, type))
                return error_set(error, "out of memory");
        }
    }
    if (!is_there)
        return error_set(error, "the profiles have no value '%s'",
                         growth->value == NULL ? "calls" : growth->value);
    if (cells->count != 0)
        qsort(cells->list, cells->count, sizeof(*cells->list), by_row);
    return 0;
}

/* --- rows ------------------------------------------------------------------------------------- */

/* A time of less than 1 % of the whole, or one found at fewer than three sizes, is mostly noise
 * and gets no row. */
static bool is_worth_a_row(const struct growth *growth, const struct growth_row *row) {
    const uint32_t last = growth->size_count - 1;
    const uint32_t type = profile_find_value_type(growth->profiles[last], row->value);
    if (growth->value != NULL || row->is_exact || type == PROFILE_NONE)
        return true;
    return row->fit.points >= 3 &&
           row->values[last] >= (double)growth->analyses[last]->totals[type] / 100;
}

/* Exact values come first. */
static int by_exponent(const void *left, const void *right) {
    const struct growth_row *a = left, *b = right;
    if (a->is_exact != b->is_exact)
        return a->is_exact ? -1 : 1;
    const double x = isnan(a->fit.exponent) ? -INFINITY : a->fit.exponent;
    const double y = isnan(b->fit.exponent) ? -INFINITY : b->fit.exponent;
    if (fabs(x - y) > 1e-9)
        return x < y ? 1 : -1;
    for (uint32_t i = GROWTH_SIZES_MAX; i-- > 0;) {
        if (a->values[i] != b->values[i])
            return a->values[i] < b->values[i] ? 1 : -1;
    }
    const int order = strcmp(a->name, b->name);
    return order != 0 ? order : strcmp(a->value, b->value);
}

static struct growth_row begin_row(const struct cell *cell) {
    return (struct growth_row){
        .caller = cell->caller[0] == '\0' ? NULL : cell->caller,
        .name = cell->name,
        .file = cell->function->file,
        .line = cell->function->line,
        .value = cell->type->name,
        .unit = cell->type->unit,
        .is_exact = !is_time(cell->type),
    };
}

static int make_rows(struct growth *growth, const struct cells *cells, struct error *error) {
    growth->rows = calloc(cells->count + 1, sizeof(*growth->rows));
    if (growth->rows == NULL)
        return error_set(error, "out of memory");
    for (size_t i = 0, next; i < cells->count; i = next) {
        struct growth_row *row = &growth->rows[growth->row_count];
        *row = begin_row(&cells->list[i]);
        for (next = i; next < cells->count && by_row(&cells->list[i], &cells->list[next]) == 0;
             next++)
            row->values[cells->list[next].size] += (double)cells->list[next].number;
        growth_fit(&row->fit, growth->sizes, row->values, growth->size_count);
        growth->row_count += is_worth_a_row(growth, row);
    }
    qsort(growth->rows, growth->row_count, sizeof(*growth->rows), by_exponent);
    return 0;
}

int growth_fill(struct growth *growth, struct error *error) {
    struct cells cells = {0};
    int result = 0;
    for (uint32_t i = 0; result == 0 && i < growth->size_count; i++) {
        growth->analyses[i] =
            analysis_new(growth->profiles[i], &(struct analysis_options){0}, error);
        if (growth->analyses[i] == NULL || analysis_add_edges(growth->analyses[i], error) != 0)
            result = -1;
    }
    if (result == 0)
        result = collect(&cells, growth, error);
    if (result == 0)
        result = make_rows(growth, &cells, error);
    free(cells.list);
    return result;
}

void growth_free(struct growth *growth) {
    for (uint32_t i = 0; i < growth->size_count; i++) {
        analysis_free(growth->analyses[i]);
        profile_free(growth->profiles[i]);
    }
    free(growth->rows);
}
