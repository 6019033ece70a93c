/* SPDX-License-Identifier: MIT */
/*
 * The profile: created, freed, and filled with everything but samples (see profile.h). Called by
 * whoever builds a profile: the snapshot's reader, the pprof parser, merge and subtract. Adds an
 * element only if there is no equal one; never moves or changes a string.
 */
#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile_storage.h"

struct profile *profile_new(void) {
    struct profile *profile = calloc(1, sizeof(*profile));
    if (profile == NULL)
        return NULL;
    profile->storage = profile_storage_new();
    const char *empty = profile->storage == NULL ? NULL : profile_string(profile, "");
    if (empty == NULL) {
        profile_free(profile);
        return NULL;
    }
    profile->default_value_type = empty;
    profile->period_type = (struct profile_value_type){.name = empty, .unit = empty};
    profile->drop_frames = profile->keep_frames = profile->doc_url = empty;
    return profile;
}

void profile_free(struct profile *profile) {
    if (profile == NULL)
        return;
    free(profile->value_types);
    free(profile->mappings);
    free(profile->functions);
    free(profile->locations);
    free(profile->samples);
    free(profile->comments);
    if (profile->storage != NULL)
        profile_storage_free(profile->storage);
    free(profile);
}

const char *profile_string(struct profile *profile, const char *text) {
    if (text == NULL)
        text = "";
    return profile_storage_string(profile->storage, text, strlen(text));
}

const char *profile_string_sized(struct profile *profile, const char *text, size_t size) {
    if (size == 0)
        return profile_storage_string(profile->storage, "", 0);
    return profile_storage_string(profile->storage, text, strnlen(text, size));
}

uint32_t profile_add_value_type(struct profile *profile, const char *name, const char *unit) {
    if (profile->sample_count != 0) {
        errno = EINVAL;
        return PROFILE_NONE;
    }
    struct profile_value_type added = {profile_string(profile, name),
                                       profile_string(profile, unit)};
    if (added.name == NULL || added.unit == NULL ||
        !profile_array_grow(profile->storage, &profile->value_types,
                            &profile->storage->value_type_capacity, profile->value_type_count,
                            sizeof(added)))
        return PROFILE_NONE;
    profile->value_types[profile->value_type_count] = added;
    return profile->value_type_count++;
}

uint32_t profile_find_value_type(const struct profile *profile, const char *name) {
    for (uint32_t i = 0; i < profile->value_type_count; i++) {
        if (strcmp(profile->value_types[i].name, name) == 0)
            return i;
    }
    return PROFILE_NONE;
}

uint32_t profile_add_comment(struct profile *profile, const char *text) {
    struct profile_storage *storage = profile->storage;
    const char *added = profile_string(profile, text);
    if (added == NULL ||
        !profile_array_grow(storage, &profile->comments, &storage->comment_capacity,
                            profile->comment_count, sizeof(added)))
        return PROFILE_NONE;
    struct profile_entry *entry = profile_entry_new(storage, sizeof(uint64_t), 0);
    if (entry == NULL)
        return PROFILE_NONE;
    *profile_entry_key(entry) = (uintptr_t)added;
    uint32_t index =
        profile_entry_intern(storage, &storage->comments, entry, profile->comment_count);
    if (index == profile->comment_count)
        profile->comments[profile->comment_count++] = added;
    return index;
}

uint32_t profile_add_mapping(struct profile *profile, const struct profile_mapping *mapping) {
    struct profile_storage *storage = profile->storage;
    struct profile_mapping added = *mapping;
    added.file = profile_string(profile, mapping->file);
    added.build_id = profile_string(profile, mapping->build_id);
    if (added.file == NULL || added.build_id == NULL ||
        !profile_array_grow(storage, &profile->mappings, &storage->mapping_capacity,
                            profile->mapping_count, sizeof(added)))
        return PROFILE_NONE;
    struct profile_entry *entry = profile_entry_new(storage, 6 * sizeof(uint64_t), 0);
    if (entry == NULL)
        return PROFILE_NONE;
    uint64_t *key = profile_entry_key(entry);
    key[0] = added.start;
    key[1] = added.limit;
    key[2] = added.offset;
    key[3] = (uintptr_t)added.file;
    key[4] = (uintptr_t)added.build_id;
    key[5] = (uint64_t)added.has_functions | (uint64_t)added.has_filenames << 1 |
             (uint64_t)added.has_line_numbers << 2 | (uint64_t)added.has_inline_frames << 3;
    uint32_t index =
        profile_entry_intern(storage, &storage->mappings, entry, profile->mapping_count);
    if (index == profile->mapping_count)
        profile->mappings[profile->mapping_count++] = added;
    return index;
}

uint32_t profile_add_function(struct profile *profile, const struct profile_function *function) {
    struct profile_storage *storage = profile->storage;
    struct profile_function added = {.name = profile_string(profile, function->name),
                                     .system_name = profile_string(profile, function->system_name),
                                     .file = profile_string(profile, function->file),
                                     .start_line = function->start_line};
    if (added.name == NULL || added.system_name == NULL || added.file == NULL ||
        !profile_array_grow(storage, &profile->functions, &storage->function_capacity,
                            profile->function_count, sizeof(added)))
        return PROFILE_NONE;
    struct profile_entry *entry = profile_entry_new(storage, 4 * sizeof(uint64_t), 0);
    if (entry == NULL)
        return PROFILE_NONE;
    uint64_t *key = profile_entry_key(entry);
    key[0] = (uintptr_t)added.name;
    key[1] = (uintptr_t)added.system_name;
    key[2] = (uintptr_t)added.file;
    key[3] = (uint64_t)added.start_line;
    uint32_t index =
        profile_entry_intern(storage, &storage->functions, entry, profile->function_count);
    if (index == profile->function_count)
        profile->functions[profile->function_count++] = added;
    return index;
}

static void fill_location_key(uint64_t *key, const struct profile_location *location) {
    *key++ = (uint64_t)location->mapping << 1 | (uint64_t)location->is_folded;
    *key++ = location->address;
    for (uint32_t i = 0; i < location->line_count; i++) {
        *key++ = location->lines[i].function;
        *key++ = (uint64_t)location->lines[i].line;
        *key++ = (uint64_t)location->lines[i].column;
    }
}

uint32_t profile_add_location(struct profile *profile, const struct profile_location *location) {
    struct profile_storage *storage = profile->storage;
    if (!profile_array_grow(storage, &profile->locations, &storage->location_capacity,
                            profile->location_count, sizeof(*location)))
        return PROFILE_NONE;
    size_t key_words = 2 + 3 * (size_t)location->line_count;
    size_t lines_size = location->line_count * sizeof(*location->lines);
    struct profile_entry *entry =
        profile_entry_new(storage, key_words * sizeof(uint64_t), lines_size);
    if (entry == NULL)
        return PROFILE_NONE;
    uint64_t *key = profile_entry_key(entry);
    fill_location_key(key, location);
    uint32_t index =
        profile_entry_intern(storage, &storage->locations, entry, profile->location_count);
    if (index != profile->location_count)
        return index;
    struct profile_location *added = &profile->locations[profile->location_count++];
    *added = *location;
    added->lines = NULL;
    if (lines_size != 0) {
        added->lines = (struct profile_line *)(key + key_words);
        memcpy(added->lines, location->lines, lines_size);
    }
    return index;
}
