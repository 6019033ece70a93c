/* SPDX-License-Identifier: MIT */
/*
 * A profile's comments (see build_comments.h). Whatever is folded, estimated, corrected or lost is
 * counted here and shown by every reader of the profile.
 */
#include "build_comments.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

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

static void say_totals(struct comments *comments) {
    struct snapshot_totals totals;

    snapshot_sum(comments->snapshot, &totals);
    say(comments, BUILD_COMMENT_TOTALS, totals.calls, totals.exits - totals.unwinds, totals.unwinds,
        totals.open, totals.carried);
}

static void say_correction(struct comments *comments, const struct correction *correction) {
    say(comments, "time: %.6f s raw - %.6f s of probes = %.6f s, +- %.6f s (95 %%)%s",
        ns(comments, correction->raw_total) / 1e9, ns(comments, correction->overhead_total) / 1e9,
        ns(comments, correction->raw_total - correction->overhead_total) / 1e9,
        1.96 * ns(comments, correction->error_total) / 1e9,
        correction->is_anchored ? ", anchored by a plain run" : "");
    say(comments,
        "probes: %.1f +- %.1f ns in the function, %.1f +- %.1f ns in its caller, a call; %" PRIu64
        " timed in place",
        ns(comments, correction->inner), ns(comments, correction->inner_error),
        ns(comments, correction->outer), ns(comments, correction->outer_error), correction->probes);
    if (correction->clamped_contexts != 0)
        say(comments,
            "below resolution: %" PRIu64 " contexts took less than their probes, by %.6f s in all; "
            "their time is given as 0",
            correction->clamped_contexts, ns(comments, correction->clamped_ticks) / 1e9);
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
             "times the segment could not grow (disk full, or a limit): budget frozen there");
    say_loss(comments, losses->lanes_without_cpu, "threads whose CPU time could not be followed");
    if (snapshot->is_torn)
        say(comments, "a thread's calls may count twice: it was ending when this was taken");
}

int build_comments(struct profile *profile, const struct snapshot *snapshot,
                   const struct correction *correction) {
    struct comments comments = {profile, snapshot, 0};

    say(&comments, "cinstr %s: exact counts%s", CINSTR_VERSION,
        snapshot->header.timing == SEGMENT_TIMING_ADAPTIVE
            ? "; short and frequent calls timed on a random share"
            : " and times");
    say_clock(&comments);
    say_totals(&comments);
    say_correction(&comments, correction);
    say(&comments, "contexts: budget %" PRIu64, snapshot->header.node_budget);
    if (snapshot_column(snapshot, "off_cpu") == NULL)
        say(&comments, "no CPU time: wall time alone was recorded");
    say_losses(&comments);
    return comments.result;
}
