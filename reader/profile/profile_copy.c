/* SPDX-License-Identifier: MIT */
/*
 * Copies samples between profiles (see profile_copy.h). Called by profile_merge.c and
 * profile_subtract.c. Copies only what samples need, each element once; the first mapping goes
 * first, since pprof takes it for the main binary.
 */
#include "profile_copy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>

struct mapping_key {
    uint64_t pages, offset;
    uintptr_t identity; /* build id, else file, interned in `to` */
};

struct profile_copy_mapping {
    UT_hash_handle hh;
    struct mapping_key key;
    uint32_t index;
};

int profile_check_same_types(const struct profile *left, const struct profile *right,
                             struct error *error) {
    if (left->value_type_count != right->value_type_count)
        return error_set(error, "the profiles have different numbers of value types: %u and %u",
                         left->value_type_count, right->value_type_count);
    for (uint32_t i = 0; i < left->value_type_count; i++) {
        const struct profile_value_type *a = &left->value_types[i], *b = &right->value_types[i];
        if (strcmp(a->name, b->name) != 0 || strcmp(a->unit, b->unit) != 0)
            return error_set(error, "the profiles' value types differ: %s/%s and %s/%s", a->name,
                             a->unit, b->name, b->unit);
    }
    const struct profile_value_type *a = &left->period_type, *b = &right->period_type;
    if (strcmp(a->name, b->name) != 0 || strcmp(a->unit, b->unit) != 0)
        return error_set(error, "the profiles' period types differ: %s/%s and %s/%s", a->name,
                         a->unit, b->name, b->unit);
    return 0;
}

int profile_copy_header(struct profile *to, const struct profile *from, struct error *error) {
    for (uint32_t i = 0; i < from->value_type_count; i++) {
        const struct profile_value_type *type = &from->value_types[i];
        if (profile_add_value_type(to, type->name, type->unit) == PROFILE_NONE)
            return error_set_errno(error, "cannot hold the profile");
    }
    to->default_value_type = profile_string(to, from->default_value_type);
    to->period_type.name = profile_string(to, from->period_type.name);
    to->period_type.unit = profile_string(to, from->period_type.unit);
    to->period = from->period;
    to->drop_frames = profile_string(to, from->drop_frames);
    to->keep_frames = profile_string(to, from->keep_frames);
    to->doc_url = profile_string(to, from->doc_url);
    if (to->default_value_type == NULL || to->period_type.name == NULL ||
        to->period_type.unit == NULL || to->drop_frames == NULL || to->keep_frames == NULL ||
        to->doc_url == NULL)
        return error_set_errno(error, "cannot hold the profile");
    return 0;
}

/* The same mapping in `to`, or a new one. */
static uint32_t copy_mapping(struct profile_copy *copy, uint32_t from_index) {
    uint32_t *known = &copy->mapping_indices[from_index];
    if (*known != PROFILE_NONE)
        return *known;
    const struct profile_mapping *mapping = &copy->from->mappings[from_index];
    const char *identity = mapping->build_id[0] != '\0' ? mapping->build_id : mapping->file;
    identity = profile_string(copy->to, identity);
    if (identity == NULL)
        return PROFILE_NONE;
    struct mapping_key key = {.pages = (mapping->limit - mapping->start + 4095) / 4096,
                              .offset = mapping->offset,
                              .identity = (uintptr_t)identity};
    struct profile_copy_mapping *entry = NULL;
    HASH_FIND(hh, copy->mappings, &key, sizeof(key), entry);
    if (entry == NULL) {
        uint32_t index = profile_add_mapping(copy->to, mapping);
        entry = index == PROFILE_NONE ? NULL : malloc(sizeof(*entry));
        if (entry == NULL)
            return PROFILE_NONE;
        *entry = (struct profile_copy_mapping){.key = key, .index = index};
        HASH_ADD(hh, copy->mappings, key, sizeof(entry->key), entry);
        if (entry->hh.tbl == NULL) {
            free(entry);
            return PROFILE_NONE;
        }
    }
    *known = entry->index;
    return *known;
}

static uint32_t copy_function(struct profile_copy *copy, uint32_t from_index) {
    uint32_t *known = &copy->function_indices[from_index];
    if (*known == PROFILE_NONE)
        *known = profile_add_function(copy->to, &copy->from->functions[from_index]);
    return *known;
}

static uint32_t add_location(struct profile_copy *copy, struct profile_location *location) {
    const struct profile_line *from_lines = location->lines;
    struct profile_line few[8], *lines = few;
    if (location->line_count > sizeof(few) / sizeof(few[0])) {
        lines = reallocarray(NULL, location->line_count, sizeof(*lines));
        if (lines == NULL)
            return PROFILE_NONE;
    }
    bool done = true;
    for (uint32_t i = 0; i < location->line_count && done; i++) {
        lines[i] = from_lines[i];
        lines[i].function = copy_function(copy, from_lines[i].function);
        done = lines[i].function != PROFILE_NONE;
    }
    location->lines = lines;
    uint32_t index = done ? profile_add_location(copy->to, location) : PROFILE_NONE;
    if (lines != few)
        free(lines);
    return index;
}

static uint32_t copy_location(struct profile_copy *copy, uint32_t from_index) {
    uint32_t *known = &copy->location_indices[from_index];
    if (*known != PROFILE_NONE)
        return *known;
    struct profile_location location = copy->from->locations[from_index];
    if (location.mapping != PROFILE_NONE) {
        uint64_t from_start = copy->from->mappings[location.mapping].start;
        location.mapping = copy_mapping(copy, location.mapping);
        if (location.mapping == PROFILE_NONE)
            return PROFILE_NONE;
        if (location.address != 0)
            location.address += copy->to->mappings[location.mapping].start - from_start;
    }
    *known = add_location(copy, &location);
    return *known;
}

static bool renew_indices(uint32_t **indices, uint32_t count) {
    free(*indices);
    *indices = reallocarray(NULL, (size_t)count + 1, sizeof(**indices));
    if (*indices == NULL)
        return false;
    memset(*indices, 0xff, count * sizeof(**indices));
    return true;
}

int profile_copy_from(struct profile_copy *copy, const struct profile *from, struct error *error) {
    copy->from = from;
    free(copy->values);
    copy->values = reallocarray(NULL, (size_t)from->value_type_count + 1, sizeof(*copy->values));
    if (copy->values == NULL || !renew_indices(&copy->mapping_indices, from->mapping_count) ||
        !renew_indices(&copy->function_indices, from->function_count) ||
        !renew_indices(&copy->location_indices, from->location_count))
        return error_set_errno(error, "cannot copy a profile");
    if (copy->mappings == NULL && from->mapping_count != 0 && copy_mapping(copy, 0) == PROFILE_NONE)
        return error_set_errno(error, "cannot copy a profile");
    return 0;
}

static bool reserve_stack(struct profile_copy *copy, uint32_t depth) {
    if (depth <= copy->stack_capacity)
        return true;
    uint32_t *grown = reallocarray(copy->stack, depth, sizeof(*grown));
    if (grown == NULL)
        return false;
    copy->stack = grown;
    copy->stack_capacity = depth;
    return true;
}

int profile_copy_sample(struct profile_copy *copy, const struct profile_sample *sample, int sign,
                        struct error *error) {
    if (!reserve_stack(copy, sample->depth))
        return error_set_errno(error, "cannot copy a sample");
    for (uint32_t i = 0; i < sample->depth; i++) {
        copy->stack[i] = copy_location(copy, sample->locations[i]);
        if (copy->stack[i] == PROFILE_NONE)
            return error_set_errno(error, "cannot copy a sample");
    }
    for (uint32_t i = 0; i < copy->from->value_type_count; i++) {
        if (__builtin_mul_overflow(sample->values[i], sign, &copy->values[i]))
            return error_set(error, "a sample's %s is too large", copy->from->value_types[i].name);
    }
    struct profile_sample copied = *sample;
    copied.locations = copy->stack;
    copied.values = copy->values;
    if (profile_add_sample(copy->to, &copied) == PROFILE_NONE)
        return error_set_errno(error, "cannot add up samples");
    return 0;
}

void profile_copy_end(struct profile_copy *copy) {
    struct profile_copy_mapping *entry, *next;
    HASH_ITER(hh, copy->mappings, entry, next) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is no longer in the hash */
        HASH_DEL(copy->mappings, entry);
        free(entry);
    }
    free(copy->mapping_indices);
    free(copy->function_indices);
    free(copy->location_indices);
    free(copy->stack);
    free(copy->values);
    *copy = (struct profile_copy){0};
}
