/* SPDX-License-Identifier: MIT */
/*
 * A profile's comments (see build_comments.h). Whatever is folded, estimated, corrected or lost is
 * counted here and shown by every reader of the profile.
 */
#include "build_comments.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "reader/analysis/budget.h"

struct comments {
    struct profile *profile;
    const struct snapshot *snapshot;
    int result;
};

__attribute__((format(printf, 2, 3))) static void say(struct comments *comments, const char *format,
                                                      ...) {
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (profile_add_comment(comments->profile, line) == PROFILE_NONE)
        comments->result = -1;
}

static double ns(const struct comments *comments, double ticks) {
    return ticks * 1e9 / comments->snapshot->ticks_per_second;
}

static void say_clock(struct comments *comments) {
    static const char *const clocks[] = {[SEGMENT_CLOCK_MONOTONIC] = "CLOCK_MONOTONIC",
                                         [SEGMENT_CLOCK_TSC] = "the CPU's time stamp counter",
                                         [SEGMENT_CLOCK_CNTVCT] = "the CPU's virtual counter"};
    const uint32_t clock = comments->snapshot->header.clock;

    say(comments, "clock: %s, %.3f MHz",
        clock >= SEGMENT_CLOCK_MONOTONIC && clock <= SEGMENT_CLOCK_CNTVCT ? clocks[clock]
                                                                          : "unknown",
        comments->snapshot->ticks_per_second / 1e6);
}

/* A running process goes on between the reading of calls and of open calls; one that was killed may
 * have died inside a hook. */
static void say_apart(struct comments *comments, const struct snapshot_totals *totals) {
    const struct snapshot *snapshot = comments->snapshot;
    uint64_t events = snapshot->lane_count;

    if (totals->calls + totals->carried == totals->exits + totals->open)
        return;
    for (uint32_t i = 0; snapshot->is_live && i < snapshot->lane_count; i++) {
        const struct snapshot_lane *lane = &snapshot->lanes[i];
        events += lane->late.calls - lane->early.calls + lane->late.exits - lane->early.exits;
    }
    say(comments, BUILD_COMMENT_APART, events,
        snapshot->is_live ? "it ran while this was taken" : "it died in the midst of its calls");
}

static void say_totals(struct comments *comments) {
    struct snapshot_totals totals;

    snapshot_sum(comments->snapshot, &totals);
    say(comments, BUILD_COMMENT_TOTALS, totals.calls, totals.exits - totals.unwinds, totals.unwinds,
        totals.open, totals.carried);
    say_apart(comments, &totals);
}

static double seconds(const struct comments *comments, double ticks) {
    return ticks / comments->snapshot->ticks_per_second;
}

/* Whose time is another's, or nobody's. */
static void say_untimed(struct comments *comments, const struct correction *correction) {
    if (!correction->is_timed) {
        say(comments, "time: none was measured: every call was counted and not timed");
        return;
    }
    if (correction->counted_calls != 0)
        say(comments,
            "untimed: %" PRIu64
            " calls were counted and not timed: their time is in their callers'",
            correction->counted_calls);
    if (correction->homeless_calls != 0)
        say(comments,
            "untimed: %" PRIu64 " of them have no timed caller: their time is in nothing here",
            correction->homeless_calls);
}

static void say_correction(struct comments *comments, const struct correction *correction) {
    const struct probe_costs *costs = &correction->costs;
    const double left = correction->raw_total - correction->overhead_total;
    const double error = 1.96 * correction->error_total; /* 95 in 100 */

    say(comments, BUILD_COMMENT_TIME "%s", seconds(comments, correction->raw_total),
        seconds(comments, correction->overhead_total), seconds(comments, left),
        seconds(comments, left > error ? left - error : 0), seconds(comments, left + error),
        correction->is_anchored ? ", anchored by a plain run" : "");
    say(comments,
        "probes: a call costs %.1f ns in the function and %.1f ns in its caller, +- %.1f ns; "
        "from %" PRIu64 " loops of them",
        ns(comments, costs->inner), ns(comments, costs->outer), 1.96 * ns(comments, costs->error),
        costs->batches);
    if (comments->snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE)
        say(comments, "probes: a call that was counted and not timed costs %.1f ns, +- %.1f ns",
            ns(comments, costs->untimed), 1.96 * ns(comments, costs->untimed_error));
    if (error > left / 2)
        say(comments, "most of the time was the probes': what is left cannot be known well; "
                      "timing=adaptive, --baseline or fewer instrumented functions would help");
    if (correction->excess_contexts != 0)
        say(comments,
            "below resolution: %" PRIu64 " contexts took less than their probes should have, by "
            "%.6f s in all: their CPU time is given as 0",
            correction->excess_contexts, seconds(comments, correction->excess_total));
    if (correction->unplaced_cpu * 1e6 > comments->snapshot->ticks_per_second)
        say(comments,
            "unplaced: %.6f s of wall time and %.6f s of CPU time; the contexts have that much too "
            "much in sum, and whose it is not is not known",
            seconds(comments, correction->unplaced_wall),
            seconds(comments, correction->unplaced_cpu));
}

/* In the words of `cinstr filter --against`. */
static void say_prediction(struct comments *comments, double predicted) {
    const double measured = budget_measure(comments->profile);

    if (measured != 0)
        say(comments, "budget: predicted %.3f times a plain run, measured %.3f: %+.1f points",
            predicted, measured, 100 * (measured - predicted));
}

static void say_loss(struct comments *comments, uint64_t count, const char *what) {
    if (count != 0)
        say(comments, "%" PRIu64 " %s", count, what);
}

static void say_losses(struct comments *comments) {
    const struct snapshot *snapshot = comments->snapshot;
    const struct segment_losses *losses = &snapshot->header.losses;
    uint64_t unmatched = 0;

    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        unmatched += snapshot->lanes[i].info.unmatched_exits;
    say_loss(comments, losses->before_init_calls, "calls before the recorder was up: counted only");
    say_loss(comments, losses->truncated,
             "transitions below [truncated]: more contexts than the budget; their edges are exact");
    say_loss(comments, losses->lost_calls, "calls under [lost]: no memory for their edges");
    say_loss(comments, losses->lanes, "threads or stacks not recorded: no memory for them");
    say_loss(comments, losses->lane_calls, "calls under [lost]: made on those");
    say_loss(comments, unmatched, "exits that matched no open call");
    say_loss(comments, losses->clock_backwards, "durations that came out negative, taken as 0");
    say_loss(comments, losses->modules, "modules too many to be named");
    say_loss(comments, losses->growth_failures,
             "times the recorder got no more memory: budget frozen there");
    if (snapshot->lacks_nodes)
        say(comments, "incomplete: its directory was full, and what was recorded then lies in the "
                      "process's memory alone; the profile at exit has all");
    say_loss(comments, losses->exec_calls,
             "calls of what this process was before exec: not in this profile");
    say_loss(comments, losses->lanes_without_cpu, "threads whose CPU time could not be followed");
    if (snapshot->is_torn)
        say(comments, BUILD_COMMENT_TORN);
}

int build_comments(struct profile *profile, const struct snapshot *snapshot,
                   const struct correction *correction, double predicted) {
    const bool is_adaptive = snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE;
    struct comments comments = {profile, snapshot, 0};

    say(&comments, "cinstr %s: exact counts%s", CINSTR_VERSION,
        !correction->is_timed ? ""
        : is_adaptive         ? "; short and frequent calls timed on a random share"
                              : " and times");
    say_clock(&comments);
    say_totals(&comments);
    say_untimed(&comments, correction);
    if (correction->is_timed)
        say_correction(&comments, correction);
    if (predicted != 0)
        say_prediction(&comments, predicted);
    say(&comments, "contexts: budget %" PRIu64, snapshot->header.node_budget);
    if (snapshot_column(snapshot, "off_cpu") == NULL)
        say(&comments, "no CPU time: wall time alone was recorded");
    say_losses(&comments);
    return comments.result;
}
