/* SPDX-License-Identifier: MIT */
/* See build_values.h. */
#include "build_values.h"

#include <math.h>

#include "reader/snapshot/snapshot_columns.h"

static int64_t nanoseconds(const struct build_values *from, double ticks) {
    return (int64_t)snapshot_ns(from->snapshot, ticks);
}

/* --- what the reader makes -------------------------------------------------------------------- */

static const struct correction_context *context(const struct build_values *from, uint32_t index) {
    return &from->correction->contexts[index];
}

static int64_t value_calls(const struct build_values *from, uint32_t index) {
    return profile_limited(from->snapshot->nodes[index].calls);
}

static int64_t value_wall(const struct build_values *from, uint32_t index) {
    return nanoseconds(from, context(from, index)->on_cpu + context(from, index)->off_cpu);
}

static int64_t value_cpu(const struct build_values *from, uint32_t index) {
    return nanoseconds(from, context(from, index)->on_cpu);
}

static int64_t value_overhead(const struct build_values *from, uint32_t index) {
    return nanoseconds(from, context(from, index)->overhead);
}

/* Not 0, which means that nothing is known, for what was timed. */
static int64_t value_wall_error(const struct build_values *from, uint32_t index) {
    const int64_t error = nanoseconds(from, context(from, index)->error);
    return error == 0 && context(from, index)->is_timed ? 1 : error;
}

/* Of a wait as much is known as of the time around it. */
static int64_t value_cpu_error(const struct build_values *from, uint32_t index) {
    return value_wall_error(from, index);
}

static int64_t value_variance(const struct build_values *from, uint32_t index) {
    const double ticks = from->snapshot->ticks_per_second / 1e6;
    const double value = ceil(context(from, index)->variance / (ticks * ticks));
    return value < 0x1p62 ? (int64_t)value : INT64_C(1) << 62;
}

static int64_t value_excess(const struct build_values *from, uint32_t index) {
    return nanoseconds(from, context(from, index)->excess);
}

/* --- all of them ------------------------------------------------------------------------------ */

enum when { ALWAYS, WITH_WALL, WITH_CPU, BY_CHANCE, RECORDED, IF_ANY, NEVER };

static const struct row {
    const char *name, *unit;
    enum when when;
    int64_t (*read)(const struct build_values *from, uint32_t index); /* NULL: a column */
} rows[] = {
#define VALUE(name_, unit_, when_, shown, error)                  {#name_, unit_, when_, value_##name_},
#define COLUMN(name_, type, unit_, combine, wanted, when_, shown) {#name_, unit_, when_, NULL},
#include <cinstr/values.def>
#undef VALUE
#undef COLUMN
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };
_Static_assert((int)ROWS <= (int)BUILD_VALUES, "rows");

static bool is_there(const struct build_values *from, const struct row *row,
                     const uint64_t *column) {
    switch (row->when) {
    case ALWAYS:
        return true;
    case WITH_WALL:
        return !from->correction->is_sampled;
    case WITH_CPU:
        return from->has_cpu || from->correction->is_sampled;
    case BY_CHANCE:
        return from->correction->errs_by_chance;
    case RECORDED:
        return column != NULL;
    case IF_ANY:
        return snapshot_column_is_any(from->snapshot, column);
    default:
        return false;
    }
}

void build_values_init(struct build_values *values, const struct snapshot *snapshot,
                       const struct correction *correction, bool has_cpu) {
    *values =
        (struct build_values){.snapshot = snapshot, .correction = correction, .has_cpu = has_cpu};
    for (uint32_t i = 0; i < ROWS; i++) {
        const uint64_t *column =
            rows[i].read != NULL ? NULL : snapshot_column(snapshot, rows[i].name);
        if (!is_there(values, &rows[i], column))
            continue;
        values->rows[values->count] = i;
        values->columns[values->count++] = column;
    }
}

int build_values_add_types(const struct build_values *from, struct profile *profile) {
    for (uint32_t i = 0; i < from->count; i++) {
        const struct row *row = &rows[from->rows[i]];
        if (profile_add_value_type(profile, row->name, row->unit) == PROFILE_NONE)
            return -1;
    }
    return 0;
}

void build_values_read(const struct build_values *from, uint32_t index,
                       int64_t values[BUILD_VALUES]) {
    for (uint32_t i = 0; i < from->count; i++)
        values[i] = from->columns[i] != NULL ? profile_limited(from->columns[i][index])
                                             : rows[from->rows[i]].read(from, index);
}

void build_values_unplaced(const struct build_values *from, int64_t values[BUILD_VALUES]) {
    for (uint32_t i = 0; i < from->count; i++) {
        if (rows[from->rows[i]].read == value_wall)
            values[i] = nanoseconds(from, from->correction->unplaced_wall);
        else if (rows[from->rows[i]].read == value_cpu)
            values[i] = nanoseconds(from, from->correction->unplaced_cpu);
    }
}
