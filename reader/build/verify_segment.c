/* SPDX-License-Identifier: MIT */
/*
 * Recomputes the invariants of a segment from its nodes and open calls. Called by `cinstr verify`
 * and the tests.
 *
 * In a running process the sums are read at different moments. Calls and exits only grow; so the
 * sums taken before and after the open calls were read are bounds for the moment between, and where
 * nothing changed the bounds are equal. A thread may be inside a hook, preempted or killed there:
 * then one event of that thread may be half recorded. The values of ended threads are exact.
 */
#include "verify_segment.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "build_times.h"
#include "correction.h"
#include "reader/snapshot/snapshot_columns.h"

struct report {
    void (*line)(void *context, const char *line);
    void *context;
    unsigned violations;
};

__attribute__((format(printf, 2, 3))) static void violation(struct report *report,
                                                            const char *format, ...) {
    char line[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    report->violations++;
    report->line(report->context, line);
}

static const char *lane_name(const struct snapshot_lane *lane, char text[64]) {
    static const char *const kinds[] = {
        [SEGMENT_LANE_THREAD] = "thread",
        [SEGMENT_LANE_SIGNAL] = "signal handlers of thread",
        [SEGMENT_LANE_STACK] = "another stack of thread",
    };
    const uint32_t kind = lane->info.kind;
    if (kind < SEGMENT_LANE_THREAD || kind > SEGMENT_LANE_STACK)
        snprintf(text, 64, "ended threads");
    else
        snprintf(text, 64, "%s %u", kinds[kind], lane->info.tid);
    return text;
}

/* Calls begun and not ended: between these two numbers when the open calls were read. */
static void check_calls(const struct snapshot_lane *lane, struct report *report) {
    const uint64_t begun = lane->info.carried;
    const int64_t least = (int64_t)(lane->early.calls + begun - lane->late.exits);
    const int64_t most = (int64_t)(lane->late.calls + begun - lane->early.exits);
    const int64_t slack = lane->info.kind == SEGMENT_LANE_ENDED ? 0 : 1;
    const int64_t open = (int64_t)lane->open;
    char name[64];
    if (open <= most + slack && (open >= least - slack || !lane->is_steady))
        return;
    violation(report,
              "%s: %" PRIu64 " calls + %" PRIu64 " carried over - %" PRIu64 " exits leave %" PRId64
              " to %" PRId64 " open, but %" PRId64 " are",
              lane_name(lane, name), lane->late.calls, begun, lane->late.exits, least, most, open);
}

static uint64_t magnitude(uint64_t value) {
    return (int64_t)value < 0 ? 0 - value : value;
}

/* Every time span is added to one node and subtracted from another; so with the root's the sum
 * is 0, except for one call whose hook was running, of at most the whole time. */
static void check_times(const struct snapshot *snapshot, uint32_t index, uint64_t self_sum,
                        uint64_t root_self, struct report *report) {
    const struct snapshot_lane *lane = &snapshot->lanes[index];
    const uint64_t elapsed = snapshot_ticks_since(snapshot, lane->info.start_ticks);
    const bool moved = lane->early.calls != lane->late.calls ||
                       lane->early.exits != lane->late.exits || !lane->is_steady;
    const bool is_exact = snapshot->header.timing == SEGMENT_TIMING_EXACT;
    const uint64_t one_call = lane->info.kind == SEGMENT_LANE_ENDED ? 0
                              : is_exact                            ? elapsed
                                                                    : elapsed << SEGMENT_MOST_SHIFT;
    char name[64];
    if (moved || snapshot->is_torn)
        return;
    if (magnitude(self_sum) > one_call)
        violation(report, "%s: self times are %" PRId64 " ticks apart from the time below the root",
                  lane_name(lane, name), (int64_t)self_sum);
    /* It is below 0 where a handler's time is already subtracted from an open call whose own
     * time is not added yet. */
    if (lane->info.kind == SEGMENT_LANE_THREAD && is_exact && magnitude(root_self) > elapsed)
        violation(report, "%s: %" PRId64 " ticks in its calls, but it began %" PRIu64 " ago",
                  lane_name(lane, name), (int64_t)(0 - root_self), elapsed);
}

static void check_lanes(const struct snapshot *snapshot, struct report *report) {
    uint64_t *self = calloc((size_t)snapshot->lane_count + 1, sizeof(*self));
    if (self == NULL) {
        violation(report, "not checked: out of memory");
        return;
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (snapshot->node_lane[i] != SNAPSHOT_NONE)
            self[snapshot->node_lane[i]] += snapshot->nodes[i].self;
    }
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const uint32_t root = snapshot->lanes[i].info.root;
        if (!snapshot->is_torn)
            check_calls(&snapshot->lanes[i], report);
        if (root == 0 || root >= snapshot->node_count || snapshot->node_lane[root] != i)
            violation(report, "lane %u has no root", snapshot->lanes[i].index);
        else
            check_times(snapshot, i, self[i], snapshot->nodes[root].self, report);
    }
    free(self);
}

/* The parts of each context, as a profile has them: none is below 0, and together they are the
 * measured time. */
static void check_contexts(const struct snapshot *snapshot, struct report *report) {
    struct build_times times;
    struct error error = {""};
    struct correction *correction = NULL;
    uint32_t wrong = 0;
    if (build_times_measure(&times, snapshot, &error) == 0) {
        correction = correction_new(snapshot, times.self, times.off_cpu, NULL, 0, &error);
        build_times_free(&times);
    }
    if (correction == NULL) {
        violation(report, "not checked: %s", error.message);
        return;
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const struct correction_context *context = &correction->contexts[i];
        const double sum = context->on_cpu + context->off_cpu + context->overhead;
        wrong += !(context->on_cpu >= 0 && context->off_cpu >= 0 && context->overhead >= 0 &&
                   fabs(sum - context->raw) <= 1e-9 * context->raw);
    }
    if (wrong != 0)
        violation(report, "%" PRIu32 " contexts have more time than was measured in them", wrong);
    correction_free(correction);
}

void snapshot_sum(const struct snapshot *snapshot, struct snapshot_totals *totals) {
    const uint64_t *unwinds = snapshot_column(snapshot, "unwinds");
    *totals = (struct snapshot_totals){.lanes = snapshot->lane_count};
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (snapshot->node_lane[i] == SNAPSHOT_NONE)
            continue;
        totals->nodes++;
        totals->calls += snapshot->nodes[i].calls;
        totals->exits += snapshot->nodes[i].callee_returns + (unwinds != NULL ? unwinds[i] : 0);
        totals->unwinds += unwinds != NULL ? unwinds[i] : 0;
    }
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        totals->open += snapshot->lanes[i].open;
        totals->carried += snapshot->lanes[i].info.carried;
    }
}

unsigned snapshot_verify(const struct snapshot *snapshot, struct snapshot_totals *totals,
                         void (*report)(void *context, const char *line), void *context) {
    struct report to = {report, context, 0};
    snapshot_sum(snapshot, totals);
    check_lanes(snapshot, &to);
    check_contexts(snapshot, &to);
    return to.violations;
}
