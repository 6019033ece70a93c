/* SPDX-License-Identifier: MIT */
/*
 * A profile's comments (see build_comments.h). Whatever is folded, estimated, corrected or lost is
 * counted here, and every reader of the profile can see it.
 */
#include "build_comments.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "reader/analysis/budget.h"
#include "reader/base/doubt.h"
#include "reader/profile/comment_formats.h"
#include "reader/profile/stated.h"
#include "reader/snapshot/snapshot_columns.h"
#include "verify_segment.h"

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

/* Warnings: shown wherever the numbers are. */
__attribute__((format(printf, 2, 3))) static void warn(struct comments *comments,
                                                       const char *format, ...) {
    char line[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (stated_add_warning(comments->profile, line) != 0)
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

/* A running process continues between the reading of calls and of open calls; a killed process
 * may have died inside a hook. */
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
        snapshot->is_live ? "it ran while this was taken" : "it died in the middle of its calls");
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

/* Time that belongs to another context, or to none. */
static void say_untimed(struct comments *comments, const struct correction *correction) {
    if (!correction->is_timed) {
        warn(comments, "no times: every call was counted, none was timed");
        return;
    }
    if (correction->counted_calls != 0)
        say(comments,
            "untimed: %" PRIu64 " call%s counted, not timed; their time is in their callers'",
            correction->counted_calls, correction->counted_calls == 1 ? " was" : "s were");
    if (correction->homeless_calls != 0)
        warn(comments,
             "untimed: %" PRIu64 " call%s no timed caller; their time is in no function here",
             correction->homeless_calls, correction->homeless_calls == 1 ? " has" : "s have");
}

void build_comment_time(char *line, size_t size, double measured, double probes, double error) {
    const int wanted = error > 0 ? 1 - (int)floor(log10(error)) : 6;
    const int decimals = wanted < 0 ? 0 : wanted > 6 ? 6 : wanted;
    const double left = measured - probes;
    snprintf(line, size,
             "time: %.6f s measured - %.*f s of probes = %.*f s, between %.*f and %.*f (95 %%)",
             measured, decimals, probes, decimals, left, decimals, left > error ? left - error : 0,
             decimals, left + error);
}

static void say_correction(struct comments *comments, const struct correction *correction) {
    const struct probe_costs *costs = &correction->costs;
    const double raw = seconds(comments, correction->raw_total);
    const double probes = seconds(comments, correction->overhead_total);
    const double error = DOUBT_95 * seconds(comments, correction->error_total);
    const double left = raw - probes;
    char line[256];
    build_comment_time(line, sizeof(line), raw, probes, error);
    say(comments, "%s%s", line, correction->is_anchored ? ", anchored by a plain run" : "");
    if (correction->is_sampled)
        say(comments, BUILD_COMMENT_SAMPLED, correction->samples);
    else
        say(comments,
            "probes: a call costs %.1f ns in the function and %.1f ns in its caller, +- %.1f ns; "
            "from %" PRIu64 " loops of them",
            ns(comments, costs->inner), ns(comments, costs->outer),
            DOUBT_95 * ns(comments, costs->error), costs->batches);
    if (correction->samples > 0)
        say(comments,
            "probes: %.0f of the run's %.0f samples hit them, which corrects each context's times",
            correction->probe_samples, correction->samples);
    if (comments->snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE || correction->is_sampled)
        say(comments, "probes: a call that was counted and not timed costs %.1f ns, +- %.1f ns",
            ns(comments, costs->untimed), DOUBT_95 * ns(comments, costs->untimed_error));
    if (error > left / 2)
        warn(comments,
             "Probe overhead dominates this run (%.0f %%), so the times below are unreliable. "
             "Try %s, --baseline, or instrument fewer functions.",
             raw > 0 ? 100 * probes / raw : 0,
             correction->is_sampled ? "a longer run" : "timing=count:sample=1000");
    if (correction->excess_contexts != 0)
        say(comments,
            "below resolution: %" PRIu64 " context%s measured less than the expected probe cost; "
            "%s CPU time is shown as 0 (%.6f s in all)",
            correction->excess_contexts, correction->excess_contexts == 1 ? "" : "s",
            correction->excess_contexts == 1 ? "its" : "their",
            seconds(comments, correction->excess_total));
    if (correction->unplaced_cpu * 1e6 > comments->snapshot->ticks_per_second)
        say(comments,
            "unplaced: %.6f s of wall time and %.6f s of CPU time are too much in the contexts; in "
            "which of them is not known",
            seconds(comments, correction->unplaced_wall),
            seconds(comments, correction->unplaced_cpu));
}

/* The same words as `cinstr filter --against`. */
static void say_prediction(struct comments *comments, double predicted) {
    const double measured = budget_measure(comments->profile);
    if (measured != 0)
        say(comments, "budget: predicted %.3f times a plain run, measured %.3f: %+.1f points",
            predicted, measured, 100 * (measured - predicted));
}

/* "3 calls before ...": of what, and of how many. */
static void warn_of(struct comments *comments, uint64_t count, const char *noun, const char *rest) {
    if (count != 0)
        warn(comments, "%" PRIu64 " %s%s %s", count, noun, count == 1 ? "" : "s", rest);
}

/* Before all that is said of what is there. */
static void say_incomplete(struct comments *comments) {
    if (comments->snapshot->lacks_nodes)
        warn(comments, "incomplete: its directory was full, and what was recorded then lies in the "
                       "process's memory alone; the profile at exit has all");
}

static void say_losses(struct comments *comments) {
    const struct snapshot *snapshot = comments->snapshot;
    const struct segment_losses *losses = &snapshot->header.losses;
    uint64_t unmatched = 0;
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        unmatched += snapshot->lanes[i].info.unmatched_exits;
    if (losses->before_init_calls != 0)
        say(comments, "%" PRIu64 " calls before the recorder was up: counted only",
            losses->before_init_calls);
    warn_of(comments, losses->truncated, "transition",
            "below [truncated]: more contexts than the budget; their edges are exact");
    warn_of(comments, losses->lost_calls, "call", "under [lost]: no memory for their edges");
    warn_of(comments, losses->lanes, "thread or stack",
            "without a record: there was no memory for them");
    warn_of(comments, losses->lane_calls, "call", "under [lost]: made on those");
    warn_of(comments, unmatched, "exit", "that matched no open call");
    warn_of(comments, losses->clock_backwards, "duration", "came out negative, taken as 0");
    warn_of(comments, losses->modules, "module", "without names: there were too many");
    warn_of(comments, losses->growth_failures, "time",
            "the segment could not grow (disk full, or a limit): budget frozen there");
    warn_of(comments, losses->exec_calls, "call",
            "before exec, of what this process was then: not in this profile");
    warn_of(comments, losses->lanes_without_cpu, "thread", "whose CPU time could not be followed");
    if (snapshot->is_torn)
        say(comments, BUILD_COMMENT_TORN);
}

int build_comments(struct profile *profile, const struct snapshot *snapshot,
                   const struct correction *correction, double predicted) {
    const uint64_t threads = snapshot_threads(snapshot);
    const bool is_adaptive = snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE;
    struct comments comments = {profile, snapshot, 0};
    say(&comments, "cinstr %s: exact counts%s", CINSTR_VERSION,
        !correction->is_timed    ? ""
        : correction->is_sampled ? ", sampled times"
        : is_adaptive            ? "; short and frequent calls timed on a random share"
                                 : " and times");
    say_clock(&comments);
    say_totals(&comments);
    say_incomplete(&comments);
    say_untimed(&comments, correction);
    if (correction->is_timed)
        say_correction(&comments, correction);
    if (predicted != 0)
        say_prediction(&comments, predicted);
    say(&comments, "contexts: budget %" PRIu64, snapshot->header.node_budget);
    if (snapshot_column(snapshot, "off_cpu") == NULL && !correction->is_sampled)
        say(&comments, "no CPU time: wall time alone was recorded");
    if (threads > 1)
        say(&comments, "threads: %" PRIu64, threads);
    say_losses(&comments);
    return comments.result;
}
