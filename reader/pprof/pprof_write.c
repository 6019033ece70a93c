/* SPDX-License-Identifier: MIT */
/*
 * Writes a profile in pprof's format (see profile.h). Called by the command and, at exit, inside
 * the profiled program. Concatenated protobuf messages are one message; so the file is written in
 * parts of a few hundred elements, each a small Profile of its own, and memory does not grow with
 * the file. Strings get their indices on the way and come last.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "pprof_gzip.h"
#include "pprof_message.h"
#include "profile.pb-c.h"
#include "reader/profile/profile.h"

typedef void *make_message(struct pprof_maker *maker, uint32_t index);

struct pprof_writer {
    struct pprof_maker maker;
    struct pprof_deflater deflater;
    uint8_t *packed;
    size_t packed_capacity;
    struct error *error;
};

/* A repeated field of Profile: its elements, and where protobuf-c keeps them. */
struct section {
    uint32_t count;
    make_message *make;
    size_t n_offset, elements_offset;
};

#define SECTION(count, make, field)                                                                \
    {                                                                                              \
        count, make, offsetof(Perftools__Profiles__Profile, n_##field),                            \
            offsetof(Perftools__Profiles__Profile, field)                                          \
    }

enum { part_elements = 512, part_bytes = 1 << 20 };

static int write_part(struct pprof_writer *writer, const Perftools__Profiles__Profile *part) {
    size_t size = perftools__profiles__profile__get_packed_size(part);
    if (size > writer->packed_capacity) {
        uint8_t *grown = realloc(writer->packed, size);
        if (grown == NULL)
            return error_set_errno(writer->error, "cannot pack the profile");
        writer->packed = grown;
        writer->packed_capacity = size;
    }
    size = perftools__profiles__profile__pack(part, writer->packed);
    return pprof_deflate(&writer->deflater, writer->packed, size, writer->error);
}

static int write_section(struct pprof_writer *writer, const struct section *section) {
    struct pprof_maker *maker = &writer->maker;
    uint32_t next = 0;
    while (next < section->count) {
        Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
        void *elements[part_elements];
        void **first = elements;
        size_t count = 0;
        profile_arena_reset(&maker->messages);
        while (next < section->count && count < part_elements &&
               (count == 0 || maker->messages.used < part_bytes)) {
            elements[count] = section->make(maker, next++);
            if (elements[count++] == NULL)
                return error_set_errno(writer->error, "cannot pack the profile");
        }
        memcpy((char *)&part + section->n_offset, &count, sizeof(count));
        memcpy((char *)&part + section->elements_offset, &first, sizeof(first));
        if (write_part(writer, &part) != 0)
            return -1;
    }
    return 0;
}

static int64_t time_now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The fields that occur once. */
static int write_header(struct pprof_writer *writer) {
    const struct profile *profile = writer->maker.profile;
    struct pprof_strings *strings = &writer->maker.strings;
    Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
    Perftools__Profiles__ValueType period_type = PERFTOOLS__PROFILES__VALUE_TYPE__INIT;
    if (profile->period_type.name[0] != '\0' || profile->period_type.unit[0] != '\0') {
        period_type.type = pprof_string_index(strings, profile->period_type.name);
        period_type.unit = pprof_string_index(strings, profile->period_type.unit);
        part.period_type = &period_type;
    }
    part.period = profile->period;
    part.time_nanos = profile->time_ns != 0 ? profile->time_ns : time_now_ns();
    part.duration_nanos = profile->duration_ns;
    part.default_sample_type = pprof_string_index(strings, profile->default_value_type);
    part.drop_frames = pprof_string_index(strings, profile->drop_frames);
    part.keep_frames = pprof_string_index(strings, profile->keep_frames);
    part.doc_url = pprof_string_index(strings, profile->doc_url);
    profile_arena_reset(&writer->maker.messages);
    part.n_comment = profile->comment_count;
    part.comment =
        profile_arena_take(&writer->maker.messages, profile->comment_count * sizeof(*part.comment));
    if (part.comment == NULL)
        return error_set_errno(writer->error, "cannot pack the profile");
    for (uint32_t i = 0; i < profile->comment_count; i++)
        part.comment[i] = pprof_string_index(strings, profile->comments[i]);
    return write_part(writer, &part);
}

static int write_strings(struct pprof_writer *writer) {
    const struct pprof_strings *strings = &writer->maker.strings;
    if (strings->failed)
        return error_set_errno(writer->error, "cannot pack the profile's strings");
    size_t count;
    for (size_t next = 0; next < strings->count; next += count) {
        Perftools__Profiles__Profile part = PERFTOOLS__PROFILES__PROFILE__INIT;
        count = strings->count - next < part_elements ? strings->count - next : part_elements;
        part.n_string_table = count;
        part.string_table = strings->texts + next;
        if (write_part(writer, &part) != 0)
            return -1;
    }
    return 0;
}

static int write_profile(struct pprof_writer *writer) {
    const struct profile *profile = writer->maker.profile;
    const struct section sections[] = {
        SECTION(profile->value_type_count, pprof_make_value_type, sample_type),
        SECTION(profile->sample_count, pprof_make_sample, sample),
        SECTION(profile->mapping_count, pprof_make_mapping, mapping),
        SECTION(profile->location_count, pprof_make_location, location),
        SECTION(profile->function_count, pprof_make_function, function),
    };
    if (!pprof_strings_begin(&writer->maker.strings))
        return error_set_errno(writer->error, "cannot pack the profile");
    if (write_header(writer) != 0)
        return -1;
    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (write_section(writer, &sections[i]) != 0)
            return -1;
    }
    if (write_strings(writer) != 0)
        return -1;
    return pprof_deflate_finish(&writer->deflater, writer->error);
}

int profile_write_pprof(const struct profile *profile, int fd, struct error *error) {
    if (profile->value_type_count == 0)
        return error_set(error, "the profile has no value types, so pprof could not show it");
    struct pprof_writer *writer = calloc(1, sizeof(*writer));
    if (writer == NULL)
        return error_set_errno(error, "cannot write the profile");
    writer->maker.profile = profile;
    writer->error = error;
    int result = pprof_deflate_begin(&writer->deflater, fd, error);
    if (result == 0) {
        result = write_profile(writer);
        pprof_deflate_end(&writer->deflater);
    }
    pprof_strings_free(&writer->maker.strings);
    profile_arena_free(&writer->maker.messages);
    free(writer->packed);
    free(writer);
    return result;
}
