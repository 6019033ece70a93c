/* SPDX-License-Identifier: MIT */
/*
 * Adds the messages of a pprof file to a profile (see pprof_parse.h). Called by pprof_parse.c, once
 * for each message. Every id and string index is untrusted: it is checked here before use, and each
 * has its own error message.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "pprof_parse.h"
#include "profile.pb-c.h"

/* Sets *text. -1 with the error set when there is no such string. */
static int find_string(struct pprof_parser *parser, int64_t index, const char **text) {
    if (index < 0 || (uint64_t)index >= parser->string_count)
        return error_set(parser->error, "refers to string %" PRId64 ", but there are %" PRIu32,
                         index, parser->string_count);
    *text = parser->strings[index];
    return 0;
}

static int out_of_memory(struct pprof_parser *parser) {
    if (errno == EFBIG)
        return error_set(parser->error, "takes more memory than a profile of that size may");
    return error_set_errno(parser->error, "cannot hold it");
}

int pprof_add_value_type(struct pprof_parser *parser, const void *message) {
    const Perftools__Profiles__ValueType *type = message;
    const char *name = "", *unit = "";
    if (find_string(parser, type->type, &name) != 0 || find_string(parser, type->unit, &unit) != 0)
        return -1;
    if (profile_add_value_type(parser->profile, name, unit) == PROFILE_NONE)
        return out_of_memory(parser);
    return 0;
}

/* Records the id of the element that was added at `index`. */
static int add_id(struct pprof_parser *parser, struct pprof_ids *ids, uint64_t id, uint32_t index) {
    if (index == PROFILE_NONE)
        return out_of_memory(parser);
    if (id == 0)
        return error_set(parser->error, "has the id 0, which is reserved");
    if (pprof_ids_find(ids, id) != PROFILE_NONE)
        return error_set(parser->error, "has the id %" PRIu64 ", as an earlier one", id);
    return pprof_ids_add(ids, id, index) ? 0 : out_of_memory(parser);
}

int pprof_add_mapping(struct pprof_parser *parser, const void *message) {
    const Perftools__Profiles__Mapping *from = message;
    struct profile_mapping mapping = {.start = from->memory_start,
                                      .limit = from->memory_limit,
                                      .offset = from->file_offset,
                                      .has_functions = from->has_functions,
                                      .has_filenames = from->has_filenames,
                                      .has_line_numbers = from->has_line_numbers,
                                      .has_inline_frames = from->has_inline_frames};
    if (find_string(parser, from->filename, &mapping.file) != 0 ||
        find_string(parser, from->build_id, &mapping.build_id) != 0)
        return -1;
    return add_id(parser, &parser->mappings, from->id,
                  profile_add_mapping(parser->profile, &mapping));
}

int pprof_add_function(struct pprof_parser *parser, const void *message) {
    const Perftools__Profiles__Function *from = message;
    struct profile_function function = {.start_line = from->start_line};
    if (find_string(parser, from->name, &function.name) != 0 ||
        find_string(parser, from->system_name, &function.system_name) != 0 ||
        find_string(parser, from->filename, &function.file) != 0)
        return -1;
    return add_id(parser, &parser->functions, from->id,
                  profile_add_function(parser->profile, &function));
}

int pprof_add_location(struct pprof_parser *parser, const void *message) {
    const Perftools__Profiles__Location *from = message;
    struct profile_location location = {
        /* An unknown mapping is treated as none, as pprof does. */
        .mapping = pprof_ids_find(&parser->mappings, from->mapping_id),
        .address = from->address,
        .is_folded = from->is_folded,
        .line_count = (uint32_t)from->n_line,
        .lines = profile_arena_take(&parser->message, from->n_line * sizeof(struct profile_line))};
    if (location.lines == NULL)
        return out_of_memory(parser);
    for (size_t i = 0; i < from->n_line; i++) {
        const Perftools__Profiles__Line *line = from->line[i];
        uint32_t function = pprof_ids_find(&parser->functions, line->function_id);
        if (function == PROFILE_NONE)
            return error_set(parser->error,
                             "has a line of function %" PRIu64 ", which is not in the file",
                             line->function_id);
        location.lines[i] =
            (struct profile_line){.function = function, .line = line->line, .column = line->column};
    }
    return add_id(parser, &parser->locations, from->id,
                  profile_add_location(parser->profile, &location));
}

static int find_stack(struct pprof_parser *parser, const Perftools__Profiles__Sample *from) {
    if (from->n_location_id > PROFILE_MAX_DEPTH)
        return error_set(parser->error, "has %zu frames, more than the %u that are read",
                         from->n_location_id, PROFILE_MAX_DEPTH);
    if (from->n_location_id > parser->stack_capacity) {
        uint32_t wanted = (uint32_t)from->n_location_id + parser->stack_capacity;
        uint32_t *grown = reallocarray(parser->stack, wanted, sizeof(*grown));
        if (grown == NULL)
            return out_of_memory(parser);
        parser->stack = grown;
        parser->stack_capacity = wanted;
    }
    for (size_t i = 0; i < from->n_location_id; i++) {
        parser->stack[i] = pprof_ids_find(&parser->locations, from->location_id[i]);
        if (parser->stack[i] == PROFILE_NONE)
            return error_set(parser->error,
                             "refers to location %" PRIu64 ", which is not in the file",
                             from->location_id[i]);
    }
    return 0;
}

static int find_tag(struct pprof_parser *parser, const Perftools__Profiles__Label *from,
                    struct profile_tag *tag) {
    *tag = (struct profile_tag){0};
    if (find_string(parser, from->key, &tag->key) != 0)
        return -1;
    if (from->str != 0)
        return find_string(parser, from->str, &tag->text);
    tag->number = from->num;
    return find_string(parser, from->num_unit, &tag->unit);
}

int pprof_add_sample(struct pprof_parser *parser, const void *message) {
    const Perftools__Profiles__Sample *from = message;
    uint32_t types = parser->profile->value_type_count;
    if (types == 0)
        return error_set(parser->error, "has values, but the file names no sample types");
    if (from->n_value != types)
        return error_set(parser->error, "has %zu values, but there are %" PRIu32 " sample types",
                         from->n_value, types);
    if (find_stack(parser, from) != 0)
        return -1;
    struct profile_tag *tags =
        profile_arena_take(&parser->message, from->n_label * sizeof(struct profile_tag));
    if (tags == NULL)
        return out_of_memory(parser);
    for (size_t i = 0; i < from->n_label; i++) {
        if (find_tag(parser, from->label[i], &tags[i]) != 0)
            return -1;
    }
    struct profile_sample sample = {.depth = (uint32_t)from->n_location_id,
                                    .locations = parser->stack,
                                    .values = from->value,
                                    .tag_count = (uint32_t)from->n_label,
                                    .tags = tags};
    if (profile_add_sample(parser->profile, &sample) == PROFILE_NONE)
        return out_of_memory(parser);
    return 0;
}

static int add_comments(struct pprof_parser *parser, const Perftools__Profiles__Profile *from) {
    for (size_t i = 0; i < from->n_comment; i++) {
        const char *text = "";
        if (find_string(parser, from->comment[i], &text) != 0)
            return -1;
        if (profile_add_comment(parser->profile, text) == PROFILE_NONE)
            return out_of_memory(parser);
    }
    return 0;
}

int pprof_add_header(struct pprof_parser *parser, const void *message) {
    const Perftools__Profiles__Profile *from = message;
    struct profile *profile = parser->profile;
    profile->time_ns = from->time_nanos;
    profile->duration_ns = from->duration_nanos;
    profile->period = from->period;
    if (from->period_type != NULL &&
        (find_string(parser, from->period_type->type, &profile->period_type.name) != 0 ||
         find_string(parser, from->period_type->unit, &profile->period_type.unit) != 0))
        return -1;
    if (find_string(parser, from->default_sample_type, &profile->default_value_type) != 0 ||
        find_string(parser, from->drop_frames, &profile->drop_frames) != 0 ||
        find_string(parser, from->keep_frames, &profile->keep_frames) != 0 ||
        find_string(parser, from->doc_url, &profile->doc_url) != 0)
        return -1;
    return add_comments(parser, from);
}
