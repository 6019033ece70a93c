/* SPDX-License-Identifier: MIT */
/*
 * The columns of the machine-readable reports: CSV and JSON use the same names. Called by their
 * writers. Reads only the names and units of the value types, whatever they are.
 */
#include <stdio.h>
#include <string.h>

#include "report.h"

const char *const report_duration_names[REPORT_DURATIONS] = {"p50_ns", "p90_ns", "p99_ns",
                                                             "longest_ns"};

static const char *short_unit(const char *unit) {
    return strcmp(unit, "nanoseconds") == 0 ? "ns" : unit;
}

static bool is_count(const struct profile_value_type *type) {
    return strcmp(type->unit, "count") == 0;
}

const char *report_count_name(const struct analysis *analysis) {
    if (analysis->count_type == PROFILE_NONE)
        return "count";
    const char *name = analysis->profile->value_types[analysis->count_type].name;
    return strcmp(name, "edge_calls") == 0 ? "calls" : name;
}

static void add_column(struct report_column *columns, uint32_t *count, uint32_t type, bool is_total,
                       const char *name) {
    if (*count == REPORT_MAX_COLUMNS)
        return;
    struct report_column *column = &columns[(*count)++];
    *column = (struct report_column){.type = type, .is_total = is_total};
    snprintf(column->name, sizeof(column->name), "%s", name);
}

/* The chosen value is "self_ns" and "total_ns", another time "self_cpu_ns"; a count has its own
 * name. */
static void add_value(const struct analysis *analysis, struct report_column *columns,
                      uint32_t *count, uint32_t type) {
    const struct profile_value_type *value = &analysis->profile->value_types[type];
    bool chosen = type == analysis->value_type;
    char name[96];
    if (is_count(value)) {
        add_column(columns, count, type, false, value->name);
        if (!chosen)
            return;
        snprintf(name, sizeof(name), "total_%s", value->name);
        add_column(columns, count, type, true, name);
        return;
    }
    for (int total = 0; total <= 1; total++) {
        const char *which = total ? "total" : "self";
        const char *unit = short_unit(value->unit);
        if (chosen)
            snprintf(name, sizeof(name), "%s_%s", which, unit);
        else
            snprintf(name, sizeof(name), "%s_%s_%s", which, value->name, unit);
        add_column(columns, count, type, total, name);
    }
}

uint32_t report_columns(const struct analysis *analysis,
                        struct report_column columns[REPORT_MAX_COLUMNS]) {
    uint32_t count = 0;
    if (analysis->count_type != PROFILE_NONE)
        add_column(columns, &count, analysis->count_type, false, report_count_name(analysis));
    if (analysis->value_type != analysis->count_type)
        add_value(analysis, columns, &count, analysis->value_type);
    else
        add_column(columns, &count, analysis->value_type, true, "total");
    for (uint32_t type = 0; type < analysis->profile->value_type_count; type++) {
        if (type != analysis->count_type && type != analysis->value_type)
            add_value(analysis, columns, &count, type);
    }
    return count;
}
