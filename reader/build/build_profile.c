/* SPDX-License-Identifier: MIT */
/*
 * From a snapshot to a profile (see build_profile.h): one sample for each context, with self
 * values; or one for each call edge; or the samples that were taken. Several threads, or several
 * nodes, may have the same stack: the profile adds them up.
 */
#include "build_profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "build_charges.h"
#include "build_comments.h"
#include "build_contexts.h"
#include "build_durations.h"
#include "build_locations.h"
#include "build_samples.h"
#include "build_values.h"
#include "correction.h"
#include "probe_samples.h"
#include "reader/snapshot/snapshot_columns.h"

#define THREADCREATE "threadcreate" /* the kind and its default value, named as in Go */

enum kind { EXACT, EDGES, SAMPLED, CHARGED, THREADS };

struct build {
    const struct snapshot *snapshot;
    const struct build_options *options;
    struct profile *profile;
    struct build_locations *locations;
    struct build_times own_times;
    const struct build_times *times;
    struct probe_samples *samples; /* NULL: not sampled */
    struct correction *correction;
    struct build_durations *durations; /* NULL: no histograms */
    struct build_values values;
    struct build_contexts contexts;
    struct build_charges charges;
    uint32_t value_count;
    enum kind kind;
};

/* Its values are those of the calls themselves. */
static bool is_of_calls(const struct build *build) {
    return build->kind == EXACT || build->kind == EDGES;
}

/* --- what is measured ------------------------------------------------------------------------- */

static int add_value_types(struct build *build) {
    struct profile *profile = build->profile;
    if (build->kind == EDGES)
        return profile_add_value_type(profile, "edge_calls", "count") == PROFILE_NONE ? -1 : 0;
    if (build->kind == THREADS)
        return profile_add_value_type(profile, THREADCREATE, "count") == PROFILE_NONE ? -1 : 0;
    return build_values_add_types(&build->values, profile);
}

static int64_t nanoseconds(const struct build *build, double ticks) {
    return (int64_t)snapshot_ns(build->snapshot, ticks);
}

/* --- samples ---------------------------------------------------------------------------------- */

static int add_sample(struct build *build, const struct profile_sample *sample) {
    if (profile_sample_is_zero(build->profile, sample))
        return 0;
    return profile_add_sample(build->profile, sample) == PROFILE_NONE ? -1 : 0;
}

static int add_context(struct build *build, uint32_t index, struct index_stack *stack) {
    int64_t values[BUILD_VALUES] = {0};
    struct profile_tag tags[BUILD_TAGS];
    struct profile_sample sample = {.values = values, .tags = tags};
    const int64_t label = build_contexts_stack(&build->contexts, index, stack);
    if (label < 0)
        return -1;
    sample.locations = stack->items;
    sample.depth = stack->depth;
    sample.tag_count =
        build_contexts_tags(&build->contexts, index, label, build->options->by_thread, tags);
    build_values_read(&build->values, index, values);
    if (build->durations != NULL &&
        build_durations_add(build->durations, build->profile, index, &sample) != 0)
        return -1;
    return add_sample(build, &sample);
}

static int add_edge(struct build *build, uint32_t index) {
    int64_t value = profile_limited(build->snapshot->nodes[index].calls);
    uint32_t locations[2];
    struct profile_tag tags[BUILD_TAGS];
    struct profile_sample sample = {.locations = locations, .values = &value, .tags = tags};
    if (build_contexts_locate(&build->contexts, index) != 0)
        return -1;
    locations[0] = build->contexts.entry[index];
    locations[1] = build->contexts.call[index];
    sample.depth = build->contexts.call[index] == PROFILE_NONE ? 1 : 2;
    sample.tag_count =
        build_contexts_tags(&build->contexts, index, 0, build->options->by_thread, tags);
    return add_sample(build, &sample);
}

/* Calls for which there was no memory, or no lane: only their number is known. */
static int add_lost(struct build *build) {
    const struct segment_losses *losses = &build->snapshot->header.losses;
    int64_t values[BUILD_VALUES] = {profile_limited(losses->lost_calls + losses->lane_calls)};
    uint32_t location = build_location_pseudo(build->locations, "[lost]");
    return location == PROFILE_NONE
               ? -1
               : add_sample(build, &(struct profile_sample){
                                       .locations = &location, .depth = 1, .values = values});
}

/* The time that contexts have too much, in sum: which contexts is not known. */
static int add_unplaced(struct build *build) {
    uint32_t location = build_location_pseudo(build->locations, PROFILE_UNPLACED);
    int64_t values[BUILD_VALUES] = {0};
    build_values_unplaced(&build->values, values);
    return location == PROFILE_NONE
               ? -1
               : add_sample(build, &(struct profile_sample){
                                       .locations = &location, .depth = 1, .values = values});
}

static int add_sampled(struct build *build, const struct snapshot_sample *sample,
                       struct index_stack *stack) {
    const struct segment_node *node = &build->snapshot->nodes[sample->node];
    const bool has_hooks = build->snapshot->header.sampling.stacks == 0;
    const int64_t label = build_contexts_stack(&build->contexts, sample->node, stack);
    struct profile_tag tags[BUILD_TAGS];
    if (label < 0)
        return -1;
    return build_samples_add(
        build->profile, build->locations, build->snapshot, sample,
        build_is_frame(node) && has_hooks ? node->function : 0,
        &(struct profile_sample){
            .locations = stack->items,
            .depth = stack->depth,
            .tags = tags,
            .tag_count = build_contexts_tags(&build->contexts, sample->node, label,
                                             build->options->by_thread, tags),
        });
}

static int add_charged(struct build *build, uint32_t index, struct index_stack *stack) {
    int64_t values[BUILD_CHARGES_VALUES];
    struct profile_tag tags[BUILD_TAGS];
    int64_t label;
    if (!build_charges_read(&build->charges, index, values))
        return 0;
    label = build_contexts_charge_stack(&build->contexts, index,
                                        build_charges_has_leaf(&build->charges), stack);
    if (label < 0)
        return -1;
    return add_sample(build, &(struct profile_sample){
                                 .locations = stack->items,
                                 .depth = stack->depth,
                                 .values = values,
                                 .tags = tags,
                                 .tag_count = build_contexts_tags(&build->contexts, index, label,
                                                                  build->options->by_thread, tags),
                             });
}

/* Adds a recorded thread by its outermost open call: that is where it began. */
static int add_thread(struct build *build, const struct snapshot_lane *lane,
                      struct index_stack *stack) {
    struct profile_tag tags[BUILD_TAGS];
    int64_t value = 1;
    struct profile_sample sample = {.values = &value, .tags = tags};
    if (lane->info.kind != SEGMENT_LANE_THREAD || lane->frame_count == 0)
        return 0;
    const uint32_t node = (uint32_t)lane->frames[0].node;
    const int64_t label = build_contexts_stack(&build->contexts, node, stack);
    if (label < 0)
        return -1;
    sample.locations = stack->items;
    sample.depth = stack->depth;
    sample.tag_count = build_contexts_tags(&build->contexts, node, label, true, tags);
    return add_sample(build, &sample);
}

static int add_node(struct build *build, uint32_t index, struct index_stack *stack) {
    const struct segment_node *node = &build->snapshot->nodes[index];
    if (build->snapshot->node_lane[index] == SNAPSHOT_NONE || !build_is_frame(node) ||
        (node->kind == SEGMENT_NODE_CHARGE) != (build->kind == CHARGED))
        return 0;
    switch (build->kind) {
    case EDGES:
        return add_edge(build, index);
    case CHARGED:
        return add_charged(build, index, stack);
    default:
        return add_context(build, index, stack);
    }
}

static int add_samples(struct build *build) {
    const struct snapshot *snapshot = build->snapshot;
    const bool is_of_nodes = build->kind != SAMPLED && build->kind != THREADS;
    struct index_stack stack = {NULL, 0, 0};
    int result = 0;
    for (uint32_t i = 0; build->kind == SAMPLED && i < snapshot->sample_count && result == 0; i++)
        result = add_sampled(build, &snapshot->samples[i], &stack);
    for (uint32_t i = 0; build->kind == THREADS && i < snapshot->lane_count && result == 0; i++)
        result = add_thread(build, &snapshot->lanes[i], &stack);
    for (uint32_t i = 1; is_of_nodes && result == 0 && i < snapshot->node_count; i++)
        result = add_node(build, i, &stack);
    free(stack.items);
    if (result == 0 && is_of_calls(build))
        result = add_lost(build);
    return result == 0 && build->kind == EXACT ? add_unplaced(build) : result;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Threads that wait fill wall time; so CPU time is the default where there are several. */
static const char *default_value(const struct build *build) {
    if (build->kind == EDGES)
        return "edge_calls";
    if (!build->correction->is_timed)
        return "calls";
    if (build->correction->is_sampled)
        return "cpu";
    return build->times->off_cpu != NULL && snapshot_threads(build->snapshot) > 1 ? "cpu" : "wall";
}

static int describe(struct build *build) {
    const struct segment_header *header = &build->snapshot->header;
    struct profile *profile = build->profile;
    if (is_of_calls(build)) {
        profile->default_value_type = profile_string(profile, default_value(build));
        profile->period = 1;
    }
    if (build->kind == THREADS) {
        profile->default_value_type = profile_string(profile, THREADCREATE);
        profile->period = 1;
    }
    if (build->kind != CHARGED) {
        const bool is_cpu = build->kind != THREADS;
        profile->period_type.name = profile_string(profile, is_cpu ? "cpu" : THREADCREATE);
        profile->period_type.unit = profile_string(profile, is_cpu ? "nanoseconds" : "count");
    }
    if (profile->default_value_type == NULL || profile->period_type.name == NULL ||
        profile->period_type.unit == NULL)
        return -1;
    profile->time_ns = profile_limited(header->start_realtime_ns);
    profile->duration_ns =
        nanoseconds(build, (double)snapshot_ticks_since(build->snapshot, header->start.ticks));
    return 0;
}

/* Samples by hooks tell the program's code from the probes; stacks that were unwound have none. */
static bool has_own_samples(const struct snapshot *snapshot) {
    return snapshot->sample_count != 0 && snapshot->header.sampling.stacks == 0 &&
           snapshot->header.sampling.is_wall == 0;
}

static int take_times(struct build *build, struct error *error) {
    build->times = build->options->times;
    if (build->times == NULL) {
        if (build_times_measure(&build->own_times, build->snapshot, error) != 0)
            return -1;
        build->times = &build->own_times;
    }
    if (is_of_calls(build) && has_own_samples(build->snapshot)) {
        build->samples = probe_samples_new(build->snapshot, build->locations, error);
        if (build->samples == NULL)
            return -1;
    }
    build->correction = correction_new(build->snapshot, build->times->self, build->times->off_cpu,
                                       build->samples, build->options->baseline_seconds, error);
    if (build->correction == NULL)
        return -1;
    build_values_init(&build->values, build->snapshot, build->correction,
                      build->times->off_cpu != NULL);
    return 0;
}

static int fill(struct build *build, struct error *error) {
    uint32_t buckets;
    build->locations = build_locations_new(build->snapshot, build->profile, error);
    if (build->locations == NULL || take_times(build, error) != 0)
        return -1;
    if (build->kind == EXACT && snapshot_histograms(build->snapshot, &buckets) != NULL) {
        build->durations = build_durations_new(build->snapshot, error);
        if (build->durations == NULL)
            return -1;
    }
    if (build->kind == SAMPLED &&
        build_samples_begin(build->profile, build->snapshot, build->options->kind, error) != 0)
        return -1;
    if (build->kind == CHARGED &&
        build_charges_begin(&build->charges, build->profile, build->snapshot, build->options->kind,
                            error) != 0)
        return -1;
    if (((is_of_calls(build) || build->kind == THREADS) && add_value_types(build) != 0) ||
        describe(build) != 0 ||
        build_contexts_init(&build->contexts, build->snapshot, build->locations) != 0 ||
        add_samples(build) != 0 ||
        build_locations_complain(build->locations, build->profile) != 0 ||
        (is_of_calls(build) &&
         build_comments(build->profile, build->snapshot, build->correction,
                        build->options->times != NULL /* it is a part of a run */
                            ? 0
                            : build_locations_prediction(build->locations)) != 0))
        return error_set(error, "%s", errno == EOVERFLOW ? "a sum is too large" : "out of memory");
    return 0;
}

static enum kind find_kind(const char *name, const struct snapshot *snapshot) {
    if (name == NULL && snapshot->header.sampling.stacks != 0)
        return SAMPLED;
    if (name != NULL && strcmp(name, "edges") == 0)
        return EDGES;
    if (name != NULL && strcmp(name, THREADCREATE) == 0)
        return THREADS;
    if (name != NULL && build_charges_is_kind(name))
        return CHARGED;
    return name != NULL && build_samples_is_kind(name) ? SAMPLED : EXACT;
}

bool build_profile_has_calls(const struct snapshot *snapshot, const struct build_options *options) {
    const enum kind kind = find_kind(options->kind, snapshot);
    return kind == EXACT || kind == EDGES;
}

struct profile *build_profile(const struct snapshot *snapshot, const struct build_options *options,
                              struct error *error) {
    struct build build = {
        .snapshot = snapshot,
        .options = options,
        .kind = find_kind(options->kind, snapshot),
        .profile = profile_new(),
    };
    if (build.profile == NULL)
        error_set(error, "out of memory");
    if (build.profile != NULL && fill(&build, error) != 0) {
        profile_free(build.profile);
        build.profile = NULL;
    }
    if (build.locations != NULL)
        build_locations_free(build.locations);
    build_times_free(&build.own_times);
    correction_free(build.correction);
    probe_samples_free(build.samples);
    build_durations_free(build.durations);
    build_contexts_free(&build.contexts);
    return build.profile;
}
