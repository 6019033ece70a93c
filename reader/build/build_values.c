/* SPDX-License-Identifier: MIT */
/* See build_values.h. */
#include "build_values.h"

#include <math.h>

int build_values_add_types(const struct build_values *from, struct profile *profile) {
    static const struct profile_value_type types[BUILD_VALUES] = {{"calls", "count"},
                                                                  {"wall", "nanoseconds"},
                                                                  {"cpu", "nanoseconds"},
                                                                  {"overhead", "nanoseconds"},
                                                                  {"unwinds", "count"},
                                                                  {"timed_calls", "count"},
                                                                  {"wall_error", "nanoseconds"},
                                                                  {"cpu_error", "nanoseconds"},
                                                                  {"variance", "microseconds2"},
                                                                  {"excess", "nanoseconds"},
                                                                  {"instructions", "count"}};
    const bool is_adaptive = from->timed_calls != NULL;
    const bool is_there[BUILD_VALUES] = {true,
                                         true,
                                         from->has_cpu,
                                         true,
                                         true,
                                         is_adaptive,
                                         true,
                                         from->has_cpu,
                                         is_adaptive,
                                         true,
                                         from->instructions != NULL};
    for (int i = 0; i < BUILD_VALUES; i++) {
        if (is_there[i] &&
            profile_add_value_type(profile, types[i].name, types[i].unit) == PROFILE_NONE)
            return -1;
    }
    return 0;
}

static int64_t nanoseconds(const struct build_values *from, double ticks) {
    return (int64_t)snapshot_ns(from->snapshot, ticks);
}

/* Not 0, which means that nothing is known, for what was timed. */
static int64_t error_ns(const struct build_values *from, const struct correction_context *context) {
    const int64_t error = nanoseconds(from, context->error);
    return error == 0 && context->is_timed ? 1 : error;
}

static int64_t square_microseconds(const struct build_values *from, double variance) {
    const double ticks = from->snapshot->ticks_per_second / 1e6;
    const double value = ceil(variance / (ticks * ticks));
    return value < 0x1p62 ? (int64_t)value : INT64_C(1) << 62;
}

void build_values_read(const struct build_values *from, uint32_t index,
                       int64_t values[BUILD_VALUES]) {
    const struct segment_node *node = &from->snapshot->nodes[index];
    const struct correction_context *context = &from->correction->contexts[index];
    int64_t *value = values;
    *value++ = profile_limited(node->calls);
    *value++ = nanoseconds(from, context->on_cpu + context->off_cpu);
    if (from->has_cpu)
        *value++ = nanoseconds(from, context->on_cpu);
    *value++ = nanoseconds(from, context->overhead);
    *value++ = from->unwinds != NULL ? profile_limited(from->unwinds[index]) : 0;
    if (from->timed_calls != NULL)
        *value++ = profile_limited(from->timed_calls[index]);
    *value++ = error_ns(from, context);
    if (from->has_cpu)
        *value++ = error_ns(from, context);
    if (from->timed_calls != NULL)
        *value++ = square_microseconds(from, context->variance);
    *value++ = nanoseconds(from, context->excess);
    if (from->instructions != NULL)
        *value++ = profile_limited(from->instructions[index]);
}

void build_values_unplaced(const struct build_values *from, int64_t values[BUILD_VALUES]) {
    values[1] = nanoseconds(from, from->correction->unplaced_wall);
    if (from->has_cpu)
        values[2] = nanoseconds(from, from->correction->unplaced_cpu);
}
