/* SPDX-License-Identifier: MIT */
/*
 * From a snapshot to a profile (see build_profile.h): one sample a context, with self values; one
 * a call edge; or what was sampled. The profile adds up what several threads, or several nodes of
 * one, have of the same stack.
 */
#include "build_profile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "build_charges.h"
#include "build_comments.h"
#include "build_durations.h"
#include "build_locations.h"
#include "build_samples.h"
#include "build_times.h"

enum { VALUES = 8 };
#define LATER (PROFILE_NONE - 1)
enum kind { EXACT, EDGES, SAMPLED, CHARGED };

struct build {
    const struct snapshot *snapshot;
    const struct build_options *options;
    struct profile *profile;
    struct build_locations *locations;
    struct build_times times;
    struct build_durations *durations; /* NULL: no histograms */
    const uint64_t *unwinds, *timed_calls, *variance;
    const uint64_t *instructions; /* NULL: nothing counted them */
    /* By node: its own location, and its caller's at the call; LATER until one is needed. */
    uint32_t *entry, *call;
    struct build_charges charges;
    uint32_t value_count;
    enum kind kind;
};

/* Its values are those of the calls themselves. */
static bool is_of_calls(const struct build *build) {
    return build->kind == EXACT || build->kind == EDGES;
}

/* --- what is measured ---------------------------------------------------------------------------
 */

static int add_value_types(struct build *build) {
    static const struct profile_value_type types[VALUES] = {{"calls", "count"},
                                                            {"wall", "nanoseconds"},
                                                            {"cpu", "nanoseconds"},
                                                            {"overhead", "nanoseconds"},
                                                            {"unwinds", "count"},
                                                            {"timed_calls", "count"},
                                                            {"wall_error", "nanoseconds"},
                                                            {"instructions", "count"}};
    const bool is_there[VALUES] = {true,
                                   true,
                                   build->times.off_cpu != NULL,
                                   true,
                                   true,
                                   build->timed_calls != NULL,
                                   build->variance != NULL,
                                   build->instructions != NULL};
    struct profile *profile = build->profile;

    if (build->kind == EDGES)
        return profile_add_value_type(profile, "edge_calls", "count") == PROFILE_NONE ? -1 : 0;
    for (int i = 0; i < VALUES; i++) {
        if (is_there[i] &&
            profile_add_value_type(profile, types[i].name, types[i].unit) == PROFILE_NONE)
            return -1;
    }
    return 0;
}

static int64_t nanoseconds(const struct build *build, double ticks) {
    return (int64_t)snapshot_ns(build->snapshot, ticks);
}

static int64_t count(uint64_t value) {
    return value < INT64_MAX ? (int64_t)value : INT64_MAX;
}

/* Never negative: what lies below the resolution is 0, and counted as clamped in the comments. */
static void read_values(const struct build *build, uint32_t index, int64_t values[VALUES]) {
    const struct segment_node *node = &build->snapshot->nodes[index];
    const double overhead = build->times.correction->overhead[index];
    const int64_t wall = nanoseconds(build, (double)build->times.self[index] - overhead);
    int64_t *value = values;

    *value++ = count(node->calls);
    *value++ = wall;
    if (build->times.off_cpu != NULL) {
        const int64_t off = build->times.off_cpu[index];
        *value++ = wall > off ? wall - off : 0;
    }
    *value++ = nanoseconds(build, overhead);
    *value++ = build->unwinds != NULL ? count(build->unwinds[index]) : 0;
    if (build->timed_calls != NULL)
        *value++ = count(build->timed_calls[index]);
    if (build->variance != NULL)
        *value++ = nanoseconds(build, sqrt((double)build->variance[index]));
    if (build->instructions != NULL)
        *value++ = count(build->instructions[index]);
}

/* --- where --------------------------------------------------------------------------------------
 */

static bool is_frame(const struct segment_node *node) {
    return node->function != SEGMENT_FUNCTION_ROOT && node->function != SEGMENT_FUNCTION_LABEL;
}

static uint32_t entry_location(const struct build *build, uint64_t function) {
    bool is_own;

    switch (function) {
    case SEGMENT_FUNCTION_TRUNCATED:
        return build_location_pseudo(build->locations, "[truncated]");
    case SEGMENT_FUNCTION_BEFORE:
        return build_location_pseudo(build->locations, "[before init]");
    default:
        if (build_is_pseudo(function))
            return build_location_pseudo(build->locations, "[lost]");
        return build->snapshot->header.sampling.stacks != 0 /* a return address */
                   ? build_location_interrupted(build->locations, 0, function - 1, &is_own)
                   : build_location_entry(build->locations, function);
    }
}

/* The caller's frame: `parent` at the node's call site, or the module outside that called. Call
 * site 0 belongs to no call: of pseudo functions, and of a caller below [truncated]. */
static uint32_t call_location(const struct build *build, const struct segment_node *node) {
    const struct segment_node *parent = &build->snapshot->nodes[node->parent];

    if (!is_frame(parent))
        return node->call_site == 0
                   ? PROFILE_NONE
                   : build_location_outside(build->locations, node->function, node->call_site);
    if (build_is_pseudo(parent->function) || node->call_site == 0)
        return entry_location(build, parent->function);
    return build_location_call(build->locations, parent->function, node->call_site);
}

static int begin_locating(struct build *build) {
    const size_t size = (size_t)build->snapshot->node_count + 1;

    build->entry = reallocarray(NULL, size, sizeof(*build->entry));
    build->call = reallocarray(NULL, size, sizeof(*build->call));
    if (build->entry == NULL || build->call == NULL)
        return -1;
    for (size_t i = 0; i < size; i++)
        build->entry[i] = build->call[i] = LATER;
    return 0;
}

static int locate(const struct build *build, uint32_t index) {
    const struct segment_node *node = &build->snapshot->nodes[index];

    if (build->entry[index] != LATER)
        return 0;
    build->entry[index] = entry_location(build, node->function);
    build->call[index] = call_location(build, node);
    return build->entry[index] == PROFILE_NONE ||
                   (build->call[index] == PROFILE_NONE &&
                    is_frame(&build->snapshot->nodes[node->parent]))
               ? -1
               : 0;
}

/* A stack, grown as needed. */
struct stack {
    uint32_t *locations;
    uint32_t depth, capacity;
};

static int stack_push(struct stack *stack, uint32_t location) {
    if (stack->depth == stack->capacity) {
        const uint32_t larger = stack->capacity == 0 ? 64 : stack->capacity * 2;
        uint32_t *locations = reallocarray(stack->locations, larger, sizeof(*locations));
        if (locations == NULL)
            return -1;
        stack->locations = locations;
        stack->capacity = larger;
    }
    stack->locations[stack->depth++] = location;
    return 0;
}

/* Adds the callers of a node. Returns the label that it runs under, 0 none; or -1. */
static int64_t push_callers(const struct build *build, uint32_t index, struct stack *stack) {
    const struct segment_node *nodes = build->snapshot->nodes;

    while (is_frame(&nodes[index])) {
        if (locate(build, index) != 0)
            return -1;
        if (build->call[index] != PROFILE_NONE && stack_push(stack, build->call[index]) != 0)
            return -1;
        index = nodes[index].parent;
    }
    return nodes[index].function == SEGMENT_FUNCTION_LABEL ? (int64_t)nodes[index].call_site : 0;
}

static int push_entry(const struct build *build, uint32_t index, struct stack *stack) {
    return locate(build, index) != 0 ? -1 : stack_push(stack, build->entry[index]);
}

/* Fills in the stack of a node, innermost first. Returns its label as push_callers() does. */
static int64_t read_stack(const struct build *build, uint32_t index, struct stack *stack) {
    stack->depth = 0;
    if (is_frame(&build->snapshot->nodes[index]) && push_entry(build, index, stack) != 0)
        return -1;
    return push_callers(build, index, stack);
}

/* The same of a charge: the library's function if that says something, and its caller, which may be
 * code without hooks below the context. */
static int64_t read_charge_stack(const struct build *build, uint32_t index, struct stack *stack) {
    const struct segment_node *node = &build->snapshot->nodes[index];
    const struct segment_node *parent = &build->snapshot->nodes[node->parent];
    const uint64_t tag = node->function & ~SEGMENT_ADDRESS_MASK;
    const bool has_leaf = build_charges_has_leaf(&build->charges);
    bool is_own;
    uint32_t caller;

    if (build->snapshot->header.sampling.stacks != 0)
        return read_stack(build, has_leaf ? index : node->parent, stack);
    caller = build_location_interrupted(build->locations, is_frame(parent) ? parent->function : 0,
                                        tag | (node->call_site - 1), &is_own);
    stack->depth = 0;
    if (caller == PROFILE_NONE || (has_leaf && push_entry(build, index, stack) != 0) ||
        stack_push(stack, caller) != 0 ||
        (is_frame(parent) && !is_own && push_entry(build, node->parent, stack) != 0))
        return -1;
    return push_callers(build, node->parent, stack);
}

/* --- samples ------------------------------------------------------------------------------------
 */

static uint32_t make_tags(const struct build *build, uint32_t index, int64_t label,
                          struct profile_tag tags[4]) {
    const struct snapshot *snapshot = build->snapshot;
    const struct segment_lane *lane = &snapshot->lanes[snapshot->node_lane[index]].info;
    uint32_t tag_count = 0;

    if (label > 0 && label < snapshot->label_count) {
        const struct segment_label *text = &snapshot->labels[label];
        tags[tag_count++] = (struct profile_tag){.key = text->key, .text = text->value};
    }
    if (build->options->by_thread) {
        const bool has_ended = lane->kind == SEGMENT_LANE_ENDED;
        tags[tag_count++] = (struct profile_tag){
            .key = "thread", .text = has_ended ? "ended threads" : lane->thread_name};
        tags[tag_count++] = (struct profile_tag){.key = "tid", .number = lane->tid, .unit = "id"};
    }
    return tag_count;
}

static int add_sample(struct build *build, const struct profile_sample *sample) {
    if (profile_sample_is_zero(build->profile, sample))
        return 0;
    return profile_add_sample(build->profile, sample) == PROFILE_NONE ? -1 : 0;
}

static int add_context(struct build *build, uint32_t index, struct stack *stack) {
    int64_t values[VALUES] = {0};
    struct profile_tag tags[4];
    struct profile_sample sample = {.values = values, .tags = tags};
    const int64_t label = read_stack(build, index, stack);

    if (label < 0)
        return -1;
    sample.locations = stack->locations;
    sample.depth = stack->depth;
    sample.tag_count = make_tags(build, index, label, tags);
    read_values(build, index, values);
    if (build->durations != NULL &&
        build_durations_add(build->durations, build->profile, index, &sample) != 0)
        return -1;
    return add_sample(build, &sample);
}

static int add_edge(struct build *build, uint32_t index) {
    int64_t value = count(build->snapshot->nodes[index].calls);
    uint32_t locations[2];
    struct profile_tag tags[4];
    struct profile_sample sample = {.locations = locations, .values = &value, .tags = tags};

    if (locate(build, index) != 0)
        return -1;
    locations[0] = build->entry[index];
    locations[1] = build->call[index];
    sample.depth = build->call[index] == PROFILE_NONE ? 1 : 2;
    sample.tag_count = make_tags(build, index, 0, tags);
    return add_sample(build, &sample);
}

/* Calls for which there was no memory, or no lane: their number is all that is known. */
static int add_lost(struct build *build) {
    const struct segment_losses *losses = &build->snapshot->header.losses;
    int64_t values[VALUES] = {count(losses->lost_calls + losses->lane_calls)};
    uint32_t location = build_location_pseudo(build->locations, "[lost]");

    return location == PROFILE_NONE
               ? -1
               : add_sample(build, &(struct profile_sample){
                                       .locations = &location, .depth = 1, .values = values});
}

static int add_sampled(struct build *build, const struct snapshot_sample *sample,
                       struct stack *stack) {
    const struct segment_node *node = &build->snapshot->nodes[sample->node];
    const bool has_hooks = build->snapshot->header.sampling.stacks == 0;
    const int64_t label = read_stack(build, sample->node, stack);
    struct profile_tag tags[4];

    if (label < 0)
        return -1;
    return build_samples_add(build->profile, build->locations, build->snapshot, sample,
                             is_frame(node) && has_hooks ? node->function : 0,
                             &(struct profile_sample){
                                 .locations = stack->locations,
                                 .depth = stack->depth,
                                 .tags = tags,
                                 .tag_count = make_tags(build, sample->node, label, tags),
                             });
}

static int add_charged(struct build *build, uint32_t index, struct stack *stack) {
    int64_t values[BUILD_CHARGES_VALUES];
    struct profile_tag tags[4];
    int64_t label;

    if (!build_charges_read(&build->charges, index, values))
        return 0;
    label = read_charge_stack(build, index, stack);
    if (label < 0)
        return -1;
    return add_sample(build, &(struct profile_sample){
                                 .locations = stack->locations,
                                 .depth = stack->depth,
                                 .values = values,
                                 .tags = tags,
                                 .tag_count = make_tags(build, index, label, tags),
                             });
}

static int add_node(struct build *build, uint32_t index, struct stack *stack) {
    const struct segment_node *node = &build->snapshot->nodes[index];

    if (build->snapshot->node_lane[index] == SNAPSHOT_NONE || !is_frame(node) ||
        (node->is_charge != 0) != (build->kind == CHARGED))
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
    struct stack stack = {NULL, 0, 0};
    int result = 0;

    for (uint32_t i = 0; build->kind == SAMPLED && i < build->snapshot->sample_count && result == 0;
         i++)
        result = add_sampled(build, &build->snapshot->samples[i], &stack);
    for (uint32_t i = 1; build->kind != SAMPLED && result == 0 && i < build->snapshot->node_count;
         i++)
        result = add_node(build, i, &stack);
    free(stack.locations);
    return result == 0 && is_of_calls(build) ? add_lost(build) : result;
}

/* --- all of it ----------------------------------------------------------------------------------
 */

static int describe(struct build *build) {
    const struct segment_header *header = &build->snapshot->header;
    struct profile *profile = build->profile;

    if (is_of_calls(build)) {
        profile->default_value_type =
            profile_string(profile, build->kind == EDGES ? "edge_calls" : "wall");
        profile->period = 1;
    }
    if (build->kind != CHARGED) {
        profile->period_type.name = profile_string(profile, "cpu");
        profile->period_type.unit = profile_string(profile, "nanoseconds");
    }
    if (profile->default_value_type == NULL || profile->period_type.name == NULL ||
        profile->period_type.unit == NULL)
        return -1;
    profile->time_ns = count(header->start_realtime_ns);
    profile->duration_ns =
        nanoseconds(build, (double)snapshot_ticks_since(build->snapshot, header->start.ticks));
    return 0;
}

static int fill(struct build *build, struct error *error) {
    uint32_t buckets;

    build->locations = build_locations_new(build->snapshot, build->profile, error);
    if (build->locations == NULL || build_times_init(&build->times, build->snapshot,
                                                     build->options->baseline_seconds, error) != 0)
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
    if ((is_of_calls(build) && add_value_types(build) != 0) || describe(build) != 0 ||
        begin_locating(build) != 0 || add_samples(build) != 0 ||
        build_locations_complain(build->locations, build->profile) != 0 ||
        (is_of_calls(build) &&
         build_comments(build->profile, build->snapshot, build->times.correction) != 0))
        return error_set(error, "%s", errno == EOVERFLOW ? "a sum is too large" : "out of memory");
    return 0;
}

/* The column is always there; code that fills it is not. */
static const uint64_t *find_instructions(const struct snapshot *snapshot) {
    const uint64_t *column = snapshot_column(snapshot, "instructions");

    for (uint32_t i = 0; column != NULL && i < snapshot->node_count; i++) {
        if (column[i] != 0)
            return column;
    }
    return NULL;
}

static enum kind find_kind(const char *name, const struct snapshot *snapshot) {
    if (name == NULL && snapshot->header.sampling.stacks != 0)
        return SAMPLED;
    if (name != NULL && strcmp(name, "edges") == 0)
        return EDGES;
    if (name != NULL && build_charges_is_kind(name))
        return CHARGED;
    return name != NULL && (strcmp(name, "cpu") == 0 || strcmp(name, "wall") == 0) ? SAMPLED
                                                                                   : EXACT;
}

struct profile *build_profile(const struct snapshot *snapshot, const struct build_options *options,
                              struct error *error) {
    struct build build = {
        .snapshot = snapshot,
        .options = options,
        .kind = find_kind(options->kind, snapshot),
        .profile = profile_new(),
        .unwinds = snapshot_column(snapshot, "unwinds"),
        .timed_calls = snapshot_column(snapshot, "timed_calls"),
        .variance = snapshot_column(snapshot, "variance"),
        .instructions = find_instructions(snapshot),
    };

    if (build.profile == NULL)
        error_set(error, "out of memory");
    if (build.profile != NULL && fill(&build, error) != 0) {
        profile_free(build.profile);
        build.profile = NULL;
    }
    if (build.locations != NULL)
        build_locations_free(build.locations);
    build_times_free(&build.times);
    build_durations_free(build.durations);
    free(build.entry);
    free(build.call);
    return build.profile;
}
