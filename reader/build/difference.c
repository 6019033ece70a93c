/* SPDX-License-Identifier: MIT */
/*
 * See difference.h. A snapshot of a running process reads its values one after the other while
 * calls end. So a call that ended in between may be missing in its context, and be open nowhere.
 * The time that such a call took before the window would appear as the window's own. It is left out
 * by what is known of the window: which contexts were called or open in it, and how long it was.
 */
#include "difference.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_times.h"
#include "difference_match.h"
#include "reader/profile/comments_of_part.h"

struct difference {
    const struct snapshot *before;
    const struct build_options *options;
    struct profile *profile; /* in `before`; NULL for columns of calls */
};

/* A difference in the making. */
struct work {
    struct snapshot *after;
    const struct snapshot *before;
    uint32_t *match; /* by node of `before`: a node of `after` */
    bool *is_open;   /* by node of `after`: at the beginning or the end */
    struct build_times from, to;
    uint64_t unmatched; /* calls before the window whose context `after` does not have */
};

static uint64_t fall(uint64_t value, uint64_t by) {
    return value > by ? value - by : 0;
}

/* --- counts ----------------------------------------------------------------------------------- */

static void *element(const struct snapshot *snapshot, uint32_t column, uint32_t node) {
    return snapshot->columns[column] + (size_t)node * snapshot->header.columns[column].element_size;
}

static void subtract_histogram(uint32_t *value, const uint32_t *by, uint32_t buckets) {
    for (uint32_t i = 0; i < buckets; i++)
        value[i] = value[i] > by[i] ? value[i] - by[i] : 0;
}

/* The shortest and longest calls of the whole run say nothing of the window. */
static void subtract_columns(const struct work *work, uint32_t node, uint32_t from) {
    for (uint32_t i = 0; i < work->after->header.column_count; i++) {
        const struct segment_column *column = &work->after->header.columns[i];
        uint64_t *value = element(work->after, i, node);
        const uint64_t *by = element(work->before, i, from);

        if (column->combine == SEGMENT_COMBINE_HISTOGRAM)
            subtract_histogram((uint32_t *)value, (const uint32_t *)by, column->element_size / 4);
        else if (column->combine == SEGMENT_COMBINE_SUM)
            *value = fall(*value, *by);
        else if ((column->combine == SEGMENT_COMBINE_MIN && *by != 0 && *by <= *value) ||
                 (column->combine == SEGMENT_COMBINE_MAX && *by >= *value))
            *value = 0;
    }
}

static void subtract_node(struct work *work, uint32_t from) {
    const struct segment_node *by = &work->before->nodes[from];
    const uint32_t index = work->match[from];
    if (index == SNAPSHOT_NONE) {
        work->unmatched += by->calls;
        return;
    }
    struct segment_node *node = &work->after->nodes[index];
    node->calls = fall(node->calls, by->calls);
    node->callee_returns = fall(node->callee_returns, by->callee_returns);
    node->total = fall(node->total, by->total);
    subtract_columns(work, index, from);
    work->to.self[index] -= work->from.self[from];
    if (work->to.off_cpu != NULL)
        work->to.off_cpu[index] -= work->from.off_cpu[from];
}

/* --- times ------------------------------------------------------------------------------------ */

static void mark_open(struct work *work) {
    for (uint32_t i = 0; i < work->before->lane_count; i++) {
        const struct snapshot_lane *lane = &work->before->lanes[i];
        for (uint32_t k = 0; k < lane->frame_count; k++) {
            const uint32_t node = work->match[lane->frames[k].node];
            if (node != SNAPSHOT_NONE)
                work->is_open[node] = true;
        }
    }
    for (uint32_t i = 0; i < work->after->lane_count; i++) {
        const struct snapshot_lane *lane = &work->after->lanes[i];
        for (uint32_t k = 0; k < lane->frame_count; k++)
            work->is_open[lane->frames[k].node] = true;
    }
}

/* The most that a context of a lane can have taken: the whole window, in each of its threads. */
static double longest(const struct work *work, uint32_t lane) {
    const double window = (double)(work->after->now.ticks - work->before->now.ticks);
    const struct segment_lane *info = &work->after->lanes[lane].info;
    uint64_t threads = info->threads;
    if (info->kind != SEGMENT_LANE_ENDED)
        return window;
    for (uint32_t i = 0; i < work->before->lane_count; i++) {
        if (work->before->lanes[i].info.kind == SEGMENT_LANE_ENDED)
            threads = fall(threads, work->before->lanes[i].info.threads);
    }
    return window * (double)threads;
}

static void bound_times(struct work *work) {
    for (uint32_t i = 1; i < work->after->node_count; i++) {
        if (work->after->node_lane[i] == SNAPSHOT_NONE)
            continue;
        const bool was_there = work->after->nodes[i].calls != 0 || work->is_open[i];
        const double most = was_there ? longest(work, work->after->node_lane[i]) : 0;
        int64_t *self = &work->to.self[i];
        if ((double)*self > most || !was_there)
            *self = (int64_t)most;
        if (work->to.off_cpu != NULL && (!was_there || work->to.off_cpu[i] < 0))
            work->to.off_cpu[i] = 0;
    }
}

/* --- what is said of all ---------------------------------------------------------------------- */

static void subtract_losses(struct segment_losses *losses, const struct segment_losses *by) {
    uint64_t *values = (uint64_t *)losses;
    for (size_t i = 0; i < sizeof(*losses) / sizeof(*values); i++)
        values[i] = fall(values[i], ((const uint64_t *)by)[i]);
}

/* Calls that were open when the window began are carried into it. The uncertainty of that moment
 * remains. */
static void settle_lanes(struct work *work) {
    struct snapshot_lane *first = &work->after->lanes[0];
    uint64_t carried = 0, unmatched = 0;
    for (uint32_t i = 0; i < work->after->lane_count; i++) {
        struct segment_lane *info = &work->after->lanes[i].info;
        carried += info->carried;
        unmatched += info->unmatched_exits;
        info->carried = info->unmatched_exits = 0;
    }
    for (uint32_t i = 0; i < work->before->lane_count; i++) {
        const struct snapshot_lane *lane = &work->before->lanes[i];
        carried += lane->open - lane->info.carried;
        unmatched = fall(unmatched, lane->info.unmatched_exits);
        first->late.calls +=
            1 + lane->late.calls - lane->early.calls + lane->late.exits - lane->early.exits;
    }
    first->info.carried = carried;
    first->info.unmatched_exits = unmatched;
}

static void settle_header(struct work *work) {
    struct segment_header *header = &work->after->header;
    header->start_realtime_ns +=
        snapshot_ns(work->after, (double)snapshot_ticks_since(work->before, header->start.ticks));
    header->start = work->before->now;
}

static int describe(const struct work *work, struct profile *profile) {
    char text[160];
    snprintf(text, sizeof(text), "of %.3f s: the difference of two snapshots",
             (double)profile->duration_ns / 1e9);
    if (profile_add_comment(profile, text) == PROFILE_NONE)
        return -1;
    if (work->unmatched == 0)
        return 0;
    snprintf(text, sizeof(text), "up to %" PRIu64 " calls were earlier: their context was lost",
             work->unmatched);
    return profile_add_comment(profile, text) == PROFILE_NONE ? -1 : 0;
}

/* --- all of it -------------------------------------------------------------------------------- */

static int subtract(struct work *work, struct error *error) {
    if (build_times_measure(&work->from, work->before, error) != 0)
        return -1;
    work->match = difference_match(work->before, work->after);
    work->is_open = calloc((size_t)work->after->node_count + 1, sizeof(*work->is_open));
    if (work->match == NULL || work->is_open == NULL)
        return error_set(error, "out of memory");
    mark_open(work);
    for (uint32_t i = 1; i < work->before->node_count; i++) {
        if (work->before->node_lane[i] != SNAPSHOT_NONE)
            subtract_node(work, i);
    }
    bound_times(work);
    subtract_losses(&work->after->header.losses, &work->before->header.losses);
    work->after->header.stray_ticks =
        fall(work->after->header.stray_ticks, work->before->header.stray_ticks);
    settle_lanes(work);
    return 0;
}

static struct profile *build(struct work *work, const struct build_options *options,
                             struct error *error) {
    struct build_options own = *options;
    own.times = &work->to;
    settle_header(work);
    struct profile *profile = build_profile(work->after, &own, error);
    if (profile == NULL || describe(work, profile) == 0)
        return profile;
    profile_free(profile);
    error_set(error, "out of memory");
    return NULL;
}

static bool is_same_process(const struct segment_header *a, const struct segment_header *b) {
    bool is_same = a->random_id == b->random_id && a->column_count == b->column_count;
    for (uint32_t i = 0; is_same && i < a->column_count; i++)
        is_same = a->columns[i].combine == b->columns[i].combine &&
                  a->columns[i].element_size == b->columns[i].element_size;
    return is_same;
}

static struct profile *subtract_calls(const struct difference *difference, struct snapshot *after,
                                      struct error *error) {
    struct work work = {.after = after, .before = difference->before};
    /* After a reset, everything happened since. */
    const bool is_reset = after->header.reset_epoch != work.before->header.reset_epoch;
    struct profile *profile = NULL;
    if (!is_same_process(&after->header, &work.before->header) || after->lane_count == 0) {
        error_set(error, "the two snapshots are of different processes");
        return NULL;
    }
    if (build_times_measure(&work.to, after, error) == 0 &&
        (is_reset || subtract(&work, error) == 0))
        profile = build(&work, difference->options, error);
    build_times_free(&work.from);
    build_times_free(&work.to);
    free(work.match);
    free(work.is_open);
    return profile;
}

/* These values are not corrected: profiles have them as measured. */
static struct profile *subtract_profiles(const struct difference *difference,
                                         const struct snapshot *after, struct error *error) {
    struct profile *to = build_profile(after, difference->options, error);
    struct profile *result = to == NULL ? NULL : profile_subtract(to, difference->profile, error);
    profile_free(to);
    if (result == NULL)
        return NULL;
    comments_of_part(result);
    if (profile_add_comment(result, "the difference of two snapshots; what is said of losses "
                                    "counts from the start") != PROFILE_NONE)
        return result;
    error_set_errno(error, "cannot describe the difference");
    profile_free(result);
    return NULL;
}

struct difference *difference_begin(const struct snapshot *before,
                                    const struct build_options *options, struct error *error) {
    struct difference *difference = calloc(1, sizeof(*difference));
    if (difference == NULL) {
        error_set(error, "out of memory");
        return NULL;
    }
    *difference = (struct difference){.before = before, .options = options};
    if (!build_profile_has_calls(before, options)) {
        difference->profile = build_profile(before, options, error);
        if (difference->profile == NULL) {
            difference_free(difference);
            return NULL;
        }
    }
    return difference;
}

struct profile *difference_end(const struct difference *difference, struct snapshot *after,
                               struct error *error) {
    return difference->profile == NULL ? subtract_calls(difference, after, error)
                                       : subtract_profiles(difference, after, error);
}

void difference_free(struct difference *difference) {
    if (difference == NULL)
        return;
    profile_free(difference->profile);
    free(difference);
}
