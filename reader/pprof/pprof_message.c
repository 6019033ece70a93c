/* SPDX-License-Identifier: MIT */
/*
 * Turns elements of a profile into protobuf-c's messages (see pprof_message.h). Called by
 * pprof_write.c, once an element. Messages point into the profile where they can.
 */
#include "pprof_message.h"

#include "profile.pb-c.h"

void *pprof_make_value_type(struct pprof_maker *maker, uint32_t index) {
    const struct profile_value_type *type = &maker->profile->value_types[index];
    Perftools__Profiles__ValueType *message =
        profile_arena_take(&maker->messages, sizeof(*message));
    if (message == NULL)
        return NULL;
    perftools__profiles__value_type__init(message);
    message->type = pprof_string_index(&maker->strings, type->name);
    message->unit = pprof_string_index(&maker->strings, type->unit);
    return message;
}

static Perftools__Profiles__Label *make_label(struct pprof_maker *maker,
                                              const struct profile_tag *tag) {
    Perftools__Profiles__Label *message = profile_arena_take(&maker->messages, sizeof(*message));
    if (message == NULL)
        return NULL;
    perftools__profiles__label__init(message);
    message->key = pprof_string_index(&maker->strings, tag->key);
    if (tag->text != NULL) {
        message->str = pprof_string_index(&maker->strings, tag->text);
    } else {
        message->num = tag->number;
        message->num_unit = pprof_string_index(&maker->strings, tag->unit);
    }
    return message;
}

void *pprof_make_sample(struct pprof_maker *maker, uint32_t index) {
    const struct profile_sample *sample = &maker->profile->samples[index];
    Perftools__Profiles__Sample *message = profile_arena_take(&maker->messages, sizeof(*message));
    uint64_t *ids = profile_arena_take(&maker->messages, sample->depth * sizeof(*ids));
    Perftools__Profiles__Label **labels =
        profile_arena_take(&maker->messages, sample->tag_count * sizeof(*labels));
    if (message == NULL || ids == NULL || labels == NULL)
        return NULL;
    for (uint32_t i = 0; i < sample->depth; i++)
        ids[i] = (uint64_t)sample->locations[i] + 1;
    for (uint32_t i = 0; i < sample->tag_count; i++) {
        labels[i] = make_label(maker, &sample->tags[i]);
        if (labels[i] == NULL)
            return NULL;
    }
    perftools__profiles__sample__init(message);
    message->n_location_id = sample->depth;
    message->location_id = ids;
    message->n_value = maker->profile->value_type_count;
    message->value = sample->values;
    message->n_label = sample->tag_count;
    message->label = labels;
    return message;
}

void *pprof_make_mapping(struct pprof_maker *maker, uint32_t index) {
    const struct profile_mapping *mapping = &maker->profile->mappings[index];
    Perftools__Profiles__Mapping *message = profile_arena_take(&maker->messages, sizeof(*message));
    if (message == NULL)
        return NULL;
    perftools__profiles__mapping__init(message);
    message->id = (uint64_t)index + 1;
    message->memory_start = mapping->start;
    message->memory_limit = mapping->limit;
    message->file_offset = mapping->offset;
    message->filename = pprof_string_index(&maker->strings, mapping->file);
    message->build_id = pprof_string_index(&maker->strings, mapping->build_id);
    message->has_functions = mapping->has_functions;
    message->has_filenames = mapping->has_filenames;
    message->has_line_numbers = mapping->has_line_numbers;
    message->has_inline_frames = mapping->has_inline_frames;
    return message;
}

void *pprof_make_location(struct pprof_maker *maker, uint32_t index) {
    const struct profile_location *location = &maker->profile->locations[index];
    Perftools__Profiles__Location *message = profile_arena_take(&maker->messages, sizeof(*message));
    Perftools__Profiles__Line *lines =
        profile_arena_take(&maker->messages, location->line_count * sizeof(*lines));
    Perftools__Profiles__Line **pointers =
        profile_arena_take(&maker->messages, location->line_count * sizeof(*pointers));
    if (message == NULL || lines == NULL || pointers == NULL)
        return NULL;
    for (uint32_t i = 0; i < location->line_count; i++) {
        const struct profile_line *line = &location->lines[i];
        perftools__profiles__line__init(&lines[i]);
        lines[i].function_id = (uint64_t)line->function + 1;
        lines[i].line = line->line;
        lines[i].column = line->column;
        pointers[i] = &lines[i];
    }
    perftools__profiles__location__init(message);
    message->id = (uint64_t)index + 1;
    message->mapping_id = location->mapping == PROFILE_NONE ? 0 : (uint64_t)location->mapping + 1;
    message->address = location->address;
    message->n_line = location->line_count;
    message->line = pointers;
    message->is_folded = location->is_folded;
    return message;
}

void *pprof_make_function(struct pprof_maker *maker, uint32_t index) {
    const struct profile_function *function = &maker->profile->functions[index];
    Perftools__Profiles__Function *message = profile_arena_take(&maker->messages, sizeof(*message));
    if (message == NULL)
        return NULL;
    perftools__profiles__function__init(message);
    message->id = (uint64_t)index + 1;
    message->name = pprof_string_index(&maker->strings, function->name);
    message->system_name = pprof_string_index(&maker->strings, function->system_name);
    message->filename = pprof_string_index(&maker->strings, function->file);
    message->start_line = function->start_line;
    return message;
}
