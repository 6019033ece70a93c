/* SPDX-License-Identifier: MIT */
/*
 * Parses an inflated pprof file (see pprof_parse.h). Called by pprof_read.c. It walks the outermost
 * fields itself, in several passes, so that an element is known before another refers to it. Each
 * message inside is unpacked by protobuf-c, one at a time, in memory that the next one reuses.
 */
#include "pprof_parse.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "pprof_wire.h"
#include "profile.pb-c.h"
#include "reader/profile/profile_storage.h"

enum { FIELD_STRING = 6, FIELD_FIRST_SINGLE = 7, FIELD_TIME = 9, FIELD_LAST = 15 };

static const size_t message_limit = (size_t)8 << 20;
/* protobuf-c takes up to some 60 bytes for one of the message. */
static const size_t unpacked_limit = (size_t)1 << 30;

struct input {
    const uint8_t *start, *end;
    uint64_t counts[FIELD_LAST + 1];
    size_t header_size; /* size of the fields that occur once */
};

/* A kind of element: its field in Profile, and the function that adds it. In the order of
 * reading. */
struct element {
    unsigned field;
    const char *noun;
    const ProtobufCMessageDescriptor *descriptor;
    int (*add)(struct pprof_parser *parser, const void *message);
};

static const struct element elements[] = {
    {3, "mapping", &perftools__profiles__mapping__descriptor, pprof_add_mapping},
    {5, "function", &perftools__profiles__function__descriptor, pprof_add_function},
    {4, "location", &perftools__profiles__location__descriptor, pprof_add_location},
    {1, "sample type", &perftools__profiles__value_type__descriptor, pprof_add_value_type},
    {2, "sample", &perftools__profiles__sample__descriptor, pprof_add_sample},
};

static void *take_for_protobuf(void *arena, size_t size) {
    return profile_arena_take(arena, size);
}

static void keep_for_protobuf(void *arena, void *piece) {
    (void)arena, (void)piece; /* freed with the arena */
}

/* Unpacks a message into the arena of the parser. NULL with the error set. */
static const void *unpack(struct pprof_parser *parser, const ProtobufCMessageDescriptor *descriptor,
                          const uint8_t *bytes, size_t size) {
    ProtobufCAllocator allocator = {take_for_protobuf, keep_for_protobuf, &parser->message};
    profile_arena_reset(&parser->message);
    if (size > message_limit) {
        error_set(parser->error, "is larger than the %zu MiB that are read", message_limit >> 20);
        return NULL;
    }
    errno = 0;
    const void *message = protobuf_c_message_unpack(descriptor, &allocator, size, bytes);
    if (message == NULL && errno != 0)
        error_set_errno(parser->error, "cannot unpack it");
    else if (message == NULL)
        error_set(parser->error, "is malformed");
    return message;
}

static bool is_single(const struct pprof_field *field) {
    return field->number >= FIELD_FIRST_SINGLE && field->number <= FIELD_LAST;
}

/* The first pass: checks that the fields are complete, and counts each kind. */
static int count_fields(struct input *input, struct error *error) {
    struct pprof_field field;
    const uint8_t *at = input->start;
    bool has_time = false;
    int found;
    while ((found = pprof_next_field(&at, input->end, &field)) > 0) {
        if (field.number <= FIELD_LAST)
            input->counts[field.number]++;
        if (is_single(&field))
            input->header_size += (size_t)(field.end - field.start);
        else if (field.number <= FIELD_STRING && field.type != WIRE_BYTES)
            break;
        if (field.number == FIELD_TIME && field.type == WIRE_VARINT) {
            if (has_time)
                return error_set(error, "holds several profiles one behind the other; pprof "
                                        "profiles cannot be concatenated, merge them instead");
            has_time = field.varint != 0;
        }
    }
    if (found != 0)
        return error_set(error,
                         "not a pprof profile, or a damaged one (at byte %td of the protobuf)",
                         field.start - input->start);
    for (unsigned i = 0; i <= FIELD_LAST; i++) {
        if (input->counts[i] >= PROFILE_NONE)
            return error_set(error, "holds more elements than can be counted");
    }
    return 0;
}

static int read_strings(struct pprof_parser *parser, const struct input *input) {
    uint32_t count = (uint32_t)input->counts[FIELD_STRING];
    if (count == 0)
        return error_set(parser->error, "has no string table");
    if (!profile_arena_charge(&parser->profile->storage->arena, count * sizeof(char *)))
        return error_set_errno(parser->error, "cannot hold the strings");
    parser->strings = reallocarray(NULL, count, sizeof(*parser->strings));
    if (parser->strings == NULL)
        return error_set_errno(parser->error, "cannot hold the strings");
    struct pprof_field field;
    const uint8_t *at = input->start;
    while (pprof_next_field(&at, input->end, &field) > 0) {
        if (field.number != FIELD_STRING)
            continue;
        if (parser->string_count == 0 && field.size != 0)
            return error_set(parser->error, "has a string table that does not begin with \"\"");
        const char *text =
            profile_string_sized(parser->profile, (const char *)field.bytes, field.size);
        if (text == NULL)
            return error_set_errno(parser->error, "cannot hold the strings");
        parser->strings[parser->string_count++] = text;
    }
    return 0;
}

/* The fields that occur once, copied together and unpacked as one small Profile. */
static int read_header(struct pprof_parser *parser, const struct input *input) {
    if (input->header_size > message_limit)
        return error_set(parser->error, "has comments of more than %zu MiB", message_limit >> 20);
    uint8_t *header = malloc(input->header_size + 1);
    if (header == NULL)
        return error_set_errno(parser->error, "cannot read the profile");
    struct pprof_field field;
    const uint8_t *at = input->start;
    size_t size = 0;
    while (pprof_next_field(&at, input->end, &field) > 0) {
        if (!is_single(&field))
            continue;
        memcpy(header + size, field.start, (size_t)(field.end - field.start));
        size += (size_t)(field.end - field.start);
    }
    const void *message = unpack(parser, &perftools__profiles__profile__descriptor, header, size);
    int result = message == NULL ? -1 : pprof_add_header(parser, message);
    free(header);
    return result == 0 ? 0 : error_prefix(parser->error, "the header");
}

static int read_elements(struct pprof_parser *parser, const struct input *input,
                         const struct element *element) {
    struct pprof_field field;
    const uint8_t *at = input->start;
    uint32_t number = 0;
    while (pprof_next_field(&at, input->end, &field) > 0) {
        if (field.number != element->field)
            continue;
        number++;
        const void *message = unpack(parser, element->descriptor, field.bytes, field.size);
        if (message == NULL || element->add(parser, message) != 0)
            return error_prefix(parser->error, "%s %" PRIu32, element->noun, number);
    }
    return 0;
}

static int parse(struct pprof_parser *parser, struct input *input) {
    if (count_fields(input, parser->error) != 0 || read_strings(parser, input) != 0)
        return -1;
    uint64_t seed = parser->profile->storage->seed;
    if (!pprof_ids_begin(&parser->mappings, (uint32_t)input->counts[3], seed, &parser->ids) ||
        !pprof_ids_begin(&parser->locations, (uint32_t)input->counts[4], seed, &parser->ids) ||
        !pprof_ids_begin(&parser->functions, (uint32_t)input->counts[5], seed, &parser->ids))
        return error_set_errno(parser->error, "cannot read the profile");
    if (read_header(parser, input) != 0)
        return -1;
    for (size_t i = 0; i < sizeof(elements) / sizeof(elements[0]); i++) {
        if (read_elements(parser, input, &elements[i]) != 0)
            return -1;
    }
    if (parser->profile->value_type_count == 0)
        return error_set(parser->error, "holds no profile: it names no sample types");
    return 0;
}

struct profile *pprof_parse(const uint8_t *data, size_t size, size_t memory_limit,
                            struct error *error) {
    struct input input = {.start = data, .end = data + size};
    struct pprof_parser parser = {.profile = profile_new(), .error = error};
    if (parser.profile == NULL) {
        error_set_errno(error, "cannot read the profile");
        return NULL;
    }
    parser.profile->storage->arena.limit = memory_limit;
    parser.ids.limit = memory_limit;
    parser.message.limit = unpacked_limit;
    int result = parse(&parser, &input);
    parser.profile->storage->arena.limit = 0;
    pprof_ids_end(&parser.mappings);
    pprof_ids_end(&parser.functions);
    pprof_ids_end(&parser.locations);
    profile_arena_free(&parser.ids);
    profile_arena_free(&parser.message);
    free(parser.strings);
    free(parser.stack);
    if (result == 0)
        return parser.profile;
    profile_free(parser.profile);
    return NULL;
}
