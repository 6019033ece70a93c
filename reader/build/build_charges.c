/* SPDX-License-Identifier: MIT */
/* See build_charges.h. Each kind is a row of a table. */
#include "build_charges.h"
#include "reader/snapshot/snapshot_columns.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEAP_OPTION "heap=exact, and -lcinstr_heap or `cinstr run --memprofile`"

#define BLOCK_OPTION(option, flag) option ", and -lcinstr_block or `cinstr run " flag "`"

struct value {
    const char *column, *name, *unit;
};

#define HEAP_VALUES                                                                                \
    {                                                                                              \
        {"alloc_objects", "alloc_objects", "count"}, {"alloc_space", "alloc_space", "bytes"},      \
            {"inuse_objects", "inuse_objects", "count"}, {                                         \
            "inuse_space", "inuse_space", "bytes"                                                  \
        }                                                                                          \
    }

static const struct build_charges_kind {
    const char *name;
    const char *option; /* the option that records it */
    const char *shown;  /* the value that matters most */
    struct profile_value_type period;
    bool has_leaf, is_heap;
    struct value values[BUILD_CHARGES_VALUES];
} kinds[] = {
    {"heap", HEAP_OPTION, "inuse_space", {"space", "bytes"}, false, true, HEAP_VALUES},
    {"block",
     BLOCK_OPTION("block=1 (or io)", "--block"),
     "delay",
     {"contentions", "count"},
     true,
     false,
     {{"contentions", "contentions", "count"}, {"delay", "delay", "nanoseconds"}}},
    {"mutex",
     BLOCK_OPTION("mutex=1", "--mutex"),
     "delay",
     {"contentions", "count"},
     true,
     false,
     {{"held_contentions", "contentions", "count"}, {"held_delay", "delay", "nanoseconds"}}},
    {"allocs", HEAP_OPTION, "alloc_space", {"space", "bytes"}, false, true, HEAP_VALUES},
};

static const struct build_charges_kind *find_kind(const char *name) {
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kinds[i].name, name) == 0)
            return &kinds[i];
    }
    return NULL;
}

bool build_charges_is_kind(const char *kind) {
    return find_kind(kind) != NULL;
}

bool build_charges_has_leaf(const struct build_charges *charges) {
    return charges->kind->has_leaf;
}

static int say_how(struct profile *profile, const struct snapshot *snapshot, bool is_heap) {
    const struct segment_heap *heap = &snapshot->header.heap;
    char line[256];
    if (!is_heap)
        snprintf(line, sizeof(line), "cinstr %s: every wait that was seen", CINSTR_VERSION);
    else if (heap->period == 1)
        snprintf(line, sizeof(line), "cinstr %s: every allocation", CINSTR_VERSION);
    else
        snprintf(line, sizeof(line),
                 "cinstr %s: allocations sampled at random, %" PRIu64
                 " bytes apart on average; values are scaled up, without bias",
                 CINSTR_VERSION, heap->period);
    if (profile_add_comment(profile, line) == PROFILE_NONE)
        return -1;
    snprintf(line, sizeof(line),
             "%" PRIu64 " allocations were not followed to their end: no memory; they are missing "
             "in what is in use",
             heap->lost);
    return is_heap && heap->lost != 0 && profile_add_comment(profile, line) == PROFILE_NONE ? -1
                                                                                            : 0;
}

int build_charges_begin(struct build_charges *charges, struct profile *profile,
                        const struct snapshot *snapshot, const char *kind, struct error *error) {
    const struct build_charges_kind *row = find_kind(kind);
    const uint64_t period = row->is_heap ? snapshot->header.heap.period : 1;
    charges->kind = row;
    for (int i = 0; i < BUILD_CHARGES_VALUES && row->values[i].name != NULL; i++) {
        charges->columns[i] = snapshot_column(snapshot, row->values[i].column);
        if (charges->columns[i] == NULL)
            return error_set(error, "no %s profile was recorded: it needs CINSTR_OPTIONS=%s", kind,
                             row->option);
        if (profile_add_value_type(profile, row->values[i].name, row->values[i].unit) ==
            PROFILE_NONE)
            return error_set(error, "out of memory");
    }
    profile->default_value_type = profile_string(profile, row->shown);
    profile->period_type.name = profile_string(profile, row->period.name);
    profile->period_type.unit = profile_string(profile, row->period.unit);
    profile->period = profile_limited(period);
    if (profile->default_value_type == NULL || profile->period_type.name == NULL ||
        profile->period_type.unit == NULL || say_how(profile, snapshot, row->is_heap) != 0)
        return error_set(error, "out of memory");
    return 0;
}

/* Memory in use may be below 0 for a moment, while another thread frees what was just charged. */
bool build_charges_read(const struct build_charges *charges, uint32_t node,
                        int64_t values[BUILD_CHARGES_VALUES]) {
    bool is_any = false;
    for (int i = 0; i < BUILD_CHARGES_VALUES && charges->columns[i] != NULL; i++) {
        const int64_t value = (int64_t)charges->columns[i][node];
        values[i] = value < 0 ? 0 : value;
        is_any = is_any || value > 0;
    }
    return is_any;
}
