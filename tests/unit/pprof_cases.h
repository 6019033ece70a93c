/* SPDX-License-Identifier: MIT */
/*
 * pprof files, good and bad, as bytes: what profile_parse_pprof() must accept, and what it must
 * refuse and why. Shared by pprof_test.c, which checks our verdicts, and pprof_go_test.c, which
 * checks that Go's pprof gives the same. Packed by protobuf-c from hand-made messages, never by the
 * code under test.
 */
#ifndef CINSTR_TESTS_PPROF_CASES_H
#define CINSTR_TESTS_PPROF_CASES_H

#include <stdint.h>
#include <string.h>
#include <zlib.h>

#include "profile.pb-c.h"

struct pprof_bytes {
    uint8_t data[8192];
    size_t size;
};

/* A small valid profile whose every part can be reached and changed: main calls work. */
struct pprof_parts {
    Perftools__Profiles__Profile profile;
    Perftools__Profiles__ValueType types[2], *type_list[2];
    Perftools__Profiles__Mapping mappings[2], *mapping_list[2];
    Perftools__Profiles__Function functions[2], *function_list[2];
    Perftools__Profiles__Line lines[2], *line_list[2];
    Perftools__Profiles__Location locations[2], *location_list[2];
    Perftools__Profiles__Sample samples[2], *sample_list[2];
    Perftools__Profiles__Label label, *label_list[1];
    uint64_t stacks[2][2];
    int64_t values[2][2], comment;
    char *strings[10];
};

enum { S_EMPTY, S_CALLS, S_COUNT, S_WALL, S_NS, S_FILE, S_MAIN, S_WORK, S_KEY, S_TEXT };

static inline void begin_elements(struct pprof_parts *p) {
    static const char *const strings[] = {"",          "calls", "count", "wall",   "nanoseconds",
                                          "/bin/prog", "main",  "work",  "thread", "worker"};
    for (size_t i = 0; i < 10; i++)
        p->strings[i] = (char *)(uintptr_t)strings[i];
    for (size_t i = 0; i < 2; i++) {
        perftools__profiles__value_type__init(p->type_list[i] = &p->types[i]);
        perftools__profiles__mapping__init(p->mapping_list[i] = &p->mappings[i]);
        perftools__profiles__function__init(p->function_list[i] = &p->functions[i]);
        perftools__profiles__line__init(p->line_list[i] = &p->lines[i]);
        perftools__profiles__location__init(p->location_list[i] = &p->locations[i]);
        perftools__profiles__sample__init(p->sample_list[i] = &p->samples[i]);
        p->types[i].type = i == 0 ? S_CALLS : S_WALL;
        p->types[i].unit = i == 0 ? S_COUNT : S_NS;
        p->mappings[i].id = i + 1;
        p->mappings[i].memory_start = 0x1000 + 0x10000 * i;
        p->mappings[i].memory_limit = 0x9000 + 0x10000 * i;
        p->mappings[i].filename = S_FILE;
        p->mappings[i].has_functions = 1;
        p->functions[i].id = i + 1;
        p->functions[i].name = p->functions[i].system_name = i == 0 ? S_MAIN : S_WORK;
        p->lines[i].function_id = i + 1;
        p->lines[i].line = 10 + (int64_t)i;
        p->locations[i].id = i + 1;
        p->locations[i].mapping_id = 1;
        p->locations[i].address = 0x1100 + 16 * i;
        p->locations[i].n_line = 1;
        p->locations[i].line = &p->line_list[i];
        p->samples[i].n_location_id = i + 1;
        p->samples[i].location_id = p->stacks[i];
        p->samples[i].n_value = 2;
        p->samples[i].value = p->values[i];
        p->values[i][0] = 1 + 6 * (int64_t)i;
        p->values[i][1] = 100 + 50 * (int64_t)i;
    }
    p->stacks[0][0] = 1;
    p->stacks[1][0] = 2;
    p->stacks[1][1] = 1;
}

static inline void begin_parts(struct pprof_parts *p) {
    memset(p, 0, sizeof(*p));
    begin_elements(p);
    perftools__profiles__label__init(p->label_list[0] = &p->label);
    perftools__profiles__profile__init(&p->profile);
    Perftools__Profiles__Profile *profile = &p->profile;
    profile->n_sample_type = profile->n_function = profile->n_location = profile->n_sample = 2;
    profile->n_mapping = 1;
    profile->sample_type = p->type_list;
    profile->mapping = p->mapping_list;
    profile->function = p->function_list;
    profile->location = p->location_list;
    profile->sample = p->sample_list;
    profile->n_string_table = 10;
    profile->string_table = p->strings;
    profile->time_nanos = 1700000000000000000;
}

static inline void add_gzip(struct pprof_bytes *bytes, const void *data, size_t size) {
    z_stream stream = {0};
    deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_in = (Bytef *)(uintptr_t)data;
    stream.avail_in = (unsigned)size;
    stream.next_out = bytes->data + bytes->size;
    stream.avail_out = (unsigned)(sizeof(bytes->data) - bytes->size);
    deflate(&stream, Z_FINISH);
    bytes->size = sizeof(bytes->data) - stream.avail_out;
    deflateEnd(&stream);
}

/* Each case starts from the good profile and spoils, or stretches, one thing. */
#define PARTS_CASE(name, ...)                                                                      \
    static inline void name(struct pprof_bytes *bytes) {                                           \
        struct pprof_parts p;                                                                      \
        begin_parts(&p);                                                                           \
        __VA_ARGS__;                                                                               \
        bytes->size = perftools__profiles__profile__pack(&p.profile, bytes->data);                 \
    }

PARTS_CASE(make_good, (void)p)
PARTS_CASE(make_no_samples, p.profile.n_sample = 0)
PARTS_CASE(make_no_types, p.profile.n_sample_type = p.profile.n_sample = 0)
PARTS_CASE(make_samples_without_types, p.profile.n_sample_type = 0)
PARTS_CASE(make_no_strings, p.profile.n_string_table = 0)
PARTS_CASE(make_bad_first_string, p.profile.string_table++; p.profile.n_string_table--)
PARTS_CASE(make_string_past_end, p.functions[1].name = 10)
PARTS_CASE(make_negative_string, p.types[0].unit = -1)
PARTS_CASE(make_bad_comment, p.comment = 77; p.profile.n_comment = 1;
           p.profile.comment = &p.comment)
PARTS_CASE(make_bad_label_key, p.label.key = 99; p.label.num = 1; p.samples[0].n_label = 1;
           p.samples[0].label = p.label_list)
PARTS_CASE(make_few_values, p.samples[1].n_value = 1)
PARTS_CASE(make_unknown_location, p.stacks[1][1] = 9)
PARTS_CASE(make_location_0_used, p.stacks[1][1] = 0)
PARTS_CASE(make_location_id_0, p.locations[1].id = 0; p.samples[1].n_location_id = 0)
PARTS_CASE(make_function_id_0, p.functions[1].id = 0; p.lines[1].function_id = 1)
PARTS_CASE(make_mapping_id_0, p.mappings[0].id = 0)
PARTS_CASE(make_same_locations, p.locations[1].id = 1; p.stacks[1][0] = 1)
PARTS_CASE(make_same_functions, p.functions[1].id = 1; p.lines[1].function_id = 1)
PARTS_CASE(make_same_mappings, p.profile.n_mapping = 2; p.mappings[1].id = 1)
PARTS_CASE(make_line_without_function, p.lines[1].function_id = 0)
PARTS_CASE(make_line_unknown_function, p.lines[1].function_id = 5)
PARTS_CASE(make_unknown_mapping, p.locations[1].mapping_id = 5)
PARTS_CASE(make_no_mapping, p.profile.n_mapping = 0)
PARTS_CASE(make_empty_stack, p.samples[0].n_location_id = 0)
PARTS_CASE(make_negative_values, p.values[1][0] = -3; p.values[1][1] = INT64_MIN)
PARTS_CASE(make_same_type_names, p.types[1] = p.types[0])
PARTS_CASE(make_unknown_default, p.profile.default_sample_type = S_MAIN)
PARTS_CASE(make_sparse_ids, p.locations[1].id = UINT64_MAX; p.stacks[1][0] = UINT64_MAX;
           p.functions[0].id = 1u << 31; p.lines[0].function_id = 1u << 31;
           p.mappings[0].id = 12345; p.locations[0].mapping_id = p.locations[1].mapping_id = 12345)
PARTS_CASE(make_no_lines, p.locations[1].n_line = 0)

static inline void make_empty(struct pprof_bytes *bytes) {
    bytes->size = 0;
}

static inline void make_gzip_of_nothing(struct pprof_bytes *bytes) {
    bytes->size = 0;
    add_gzip(bytes, "", 0);
}

static inline void make_gzip(struct pprof_bytes *bytes) {
    struct pprof_bytes raw;
    make_good(&raw);
    bytes->size = 0;
    add_gzip(bytes, raw.data, raw.size);
}

static inline void make_gzip_members(struct pprof_bytes *bytes) {
    struct pprof_bytes raw;
    make_good(&raw);
    bytes->size = 0;
    add_gzip(bytes, raw.data, 33);
    add_gzip(bytes, "", 0);
    add_gzip(bytes, raw.data + 33, raw.size - 33);
}

static inline void make_cut_gzip(struct pprof_bytes *bytes) {
    make_gzip(bytes);
    bytes->size -= 12;
}

static inline void make_damaged_gzip(struct pprof_bytes *bytes) {
    make_gzip(bytes);
    bytes->data[bytes->size - 6] ^= 1; /* of the checksum */
}

static inline void make_gzip_with_tail(struct pprof_bytes *bytes) {
    make_gzip(bytes);
    memcpy(bytes->data + bytes->size, "tail tail tail tail", 19);
    bytes->size += 19;
}

static inline void make_cut_protobuf(struct pprof_bytes *bytes) {
    make_good(bytes);
    bytes->size -= 3;
}

static inline void make_long_string(struct pprof_bytes *bytes) {
    make_good(bytes);
    const uint8_t string[] = {0x32, 0x7f, 'a', 'b'}; /* 127 bytes, two there */
    memcpy(bytes->data + bytes->size, string, sizeof(string));
    bytes->size += sizeof(string);
}

static inline void make_malformed_sample(struct pprof_bytes *bytes) {
    make_good(bytes);
    const uint8_t sample[] = {0x12, 0x02, 0x0a, 0x05}; /* five bytes of locations, none there */
    memcpy(bytes->data + bytes->size, sample, sizeof(sample));
    bytes->size += sizeof(sample);
}

static inline void make_concatenated(struct pprof_bytes *bytes) {
    make_good(bytes);
    memcpy(bytes->data + bytes->size, bytes->data, bytes->size);
    bytes->size *= 2;
}

static inline void make_text(struct pprof_bytes *bytes) {
    bytes->size = 27;
    memcpy(bytes->data, "not a profile, just a text\n", bytes->size);
}

/* Stacks and values as single fields instead of packed ones. */
static inline void make_unpacked(struct pprof_bytes *bytes) {
    struct pprof_parts p;
    begin_parts(&p);
    p.profile.n_sample = 1;
    bytes->size = perftools__profiles__profile__pack(&p.profile, bytes->data);
    const uint8_t sample[] = {0x12, 0x09, 0x08, 2, 0x08, 1, 0x10, 7, 0x10, 0x96, 1};
    memcpy(bytes->data + bytes->size, sample, sizeof(sample));
    bytes->size += sizeof(sample);
}

/* Fields and wire types that the format does not have yet. */
static inline void make_unknown_fields(struct pprof_bytes *bytes) {
    make_good(bytes);
    const uint8_t fields[] = {0xa0, 0x06, 5,    0xa2, 0x06, 2, 'h', 'i', 0xa5, 0x06, 1, 2,
                              3,    4,    0xa1, 0x06, 1,    2, 3,   4,   5,    6,    7, 8};
    memcpy(bytes->data + bytes->size, fields, sizeof(fields));
    bytes->size += sizeof(fields);
}

struct pprof_case {
    const char *name;
    void (*make)(struct pprof_bytes *bytes);
    const char *fault; /* what our message says; NULL: valid */
};

static const struct pprof_case pprof_cases[] = {
    {"a raw protobuf", make_good, NULL},
    {"a gzip", make_gzip, NULL},
    {"a gzip of several members", make_gzip_members, NULL},
    {"unpacked stacks and values", make_unpacked, NULL},
    {"unknown fields", make_unknown_fields, NULL},
    {"types but no samples", make_no_samples, NULL},
    {"an unknown mapping", make_unknown_mapping, NULL},
    {"no mapping at all", make_no_mapping, NULL},
    {"a sample without locations", make_empty_stack, NULL},
    {"a location without lines", make_no_lines, NULL},
    {"negative values", make_negative_values, NULL},
    {"equal sample type names", make_same_type_names, NULL},
    {"an unknown default sample type", make_unknown_default, NULL},
    {"ids that are not 1..n", make_sparse_ids, NULL},
    {"an empty file", make_empty, "an empty file"},
    {"a gzip of nothing", make_gzip_of_nothing, "it inflates to nothing"},
    {"a gzip that was cut off", make_cut_gzip, "the file is cut off"},
    {"a gzip with a wrong checksum", make_damaged_gzip, "damaged gzip data"},
    {"a gzip with a tail", make_gzip_with_tail, "damaged gzip data"},
    {"a protobuf that was cut off", make_cut_protobuf, "not a pprof profile, or a damaged one"},
    {"a string that is longer than the file", make_long_string,
     "not a pprof profile, or a damaged"},
    {"a malformed sample", make_malformed_sample, "sample 3: is malformed"},
    {"a text", make_text, "not a pprof profile"},
    {"two profiles in one file", make_concatenated, "cannot be concatenated"},
    {"no types and no samples", make_no_types, "names no sample types"},
    {"samples without types", make_samples_without_types, "the file names no sample types"},
    {"no string table", make_no_strings, "has no string table"},
    {"a first string that is not empty", make_bad_first_string, "does not begin with \"\""},
    {"a string past the end", make_string_past_end, "function 2: refers to string 10, but there"},
    {"a negative string", make_negative_string, "sample type 1: refers to string -1, but"},
    {"a bad comment", make_bad_comment, "the header: refers to string 77"},
    {"a bad label key", make_bad_label_key, "sample 1: refers to string 99"},
    {"too few values", make_few_values, "sample 2: has 1 values, but there are 2 sample types"},
    {"an unknown location", make_unknown_location, "sample 2: refers to location 9, which is not"},
    {"a use of location 0", make_location_0_used, "sample 2: refers to location 0, which is not"},
    {"a location 0", make_location_id_0, "location 2: has the id 0"},
    {"a function 0", make_function_id_0, "function 2: has the id 0"},
    {"a mapping 0", make_mapping_id_0, "mapping 1: has the id 0"},
    {"two locations of one id", make_same_locations, "location 2: has the id 1, as an earlier"},
    {"two functions of one id", make_same_functions, "function 2: has the id 1, as an earlier"},
    {"two mappings of one id", make_same_mappings, "mapping 2: has the id 1, as an earlier"},
    {"a line without a function", make_line_without_function,
     "location 2: has a line of function 0"},
    {"a line of an unknown function", make_line_unknown_function,
     "location 2: has a line of function 5"},
};

enum { pprof_case_count = sizeof(pprof_cases) / sizeof(pprof_cases[0]) };

#endif
