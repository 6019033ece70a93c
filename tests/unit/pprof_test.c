/* SPDX-License-Identifier: MIT */
/*
 * Tests of the pprof writer with the reader: a profile that is written, to a file or a pipe, reads
 * back the same in every field. pprof_go_test.c compares with Go.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader/profile/profile.h"

/* An anonymous file with the profile in it, at its start. */
static int write_file(const struct profile *profile) {
    struct error error = {""};
    int fd = memfd_create("profile", 0);
    assert_int_not_equal(fd, -1);
    if (profile_write_pprof(profile, fd, &error) != 0)
        fail_msg("%s", error.message);
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    return fd;
}

static struct profile *write_and_read(const struct profile *profile) {
    struct error error = {""};
    int fd = write_file(profile);
    struct profile *again = profile_read_pprof(fd, "p", &error);
    close(fd);
    if (again == NULL)
        fail_msg("%s", error.message);
    return again;
}

static uint64_t random_state = 88172645463325252;

static uint64_t draw(uint64_t below) {
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

static const char *draw_text(char *text, size_t size) {
    snprintf(text, size, "text \xc3\xa9 %u", (unsigned)draw(300));
    return draw(5) == 0 ? "" : text;
}

static void add_random_elements(struct profile *profile, uint32_t count) {
    char one[32], two[32], three[32];
    for (uint32_t i = 0; i < count; i++) {
        struct profile_mapping mapping = {.start = draw(UINT64_MAX),
                                          .limit = draw(UINT64_MAX),
                                          .offset = draw(3),
                                          .file = draw_text(one, sizeof(one)),
                                          .build_id = draw_text(two, sizeof(two)),
                                          .has_functions = draw(2),
                                          .has_filenames = draw(2),
                                          .has_line_numbers = draw(2),
                                          .has_inline_frames = draw(2)};
        profile_add_mapping(profile, &mapping);
        struct profile_function function = {.name = draw_text(one, sizeof(one)),
                                            .system_name = draw_text(two, sizeof(two)),
                                            .file = draw_text(three, sizeof(three)),
                                            .start_line = (int64_t)draw(UINT64_MAX)};
        profile_add_function(profile, &function);
    }
    for (uint32_t i = 0; i < count; i++) {
        struct profile_line lines[3];
        for (uint32_t j = 0; j < 3; j++)
            lines[j] = (struct profile_line){.function = (uint32_t)draw(profile->function_count),
                                             .line = (int64_t)draw(1000),
                                             .column = (int64_t)draw(2)};
        struct profile_location location = {
            .mapping = draw(4) == 0 ? PROFILE_NONE : (uint32_t)draw(profile->mapping_count),
            .address = draw(UINT64_MAX),
            .is_folded = draw(2),
            .line_count = (uint32_t)draw(4),
            .lines = lines};
        profile_add_location(profile, &location);
    }
}

static void add_random_sample(struct profile *profile) {
    uint32_t stack[40];
    int64_t values[3] = {(int64_t)draw(UINT64_MAX) / (1 << 20), -(int64_t)draw(1000), 0};
    char text[3][32];
    struct profile_tag tags[3];
    for (uint32_t i = 0; i < 40; i++)
        stack[i] = (uint32_t)draw(profile->location_count);
    for (uint32_t i = 0; i < 3; i++)
        tags[i] = (struct profile_tag){.key = "key",
                                       .text = draw(2) ? draw_text(text[i], 32) : NULL,
                                       .number = (int64_t)draw(4) - 1,
                                       .unit = draw(2) ? "bytes" : ""};
    struct profile_sample sample = {.depth = (uint32_t)draw(41),
                                    .locations = stack,
                                    .values = values,
                                    .tag_count = (uint32_t)draw(4),
                                    .tags = tags};
    assert_int_not_equal(profile_add_sample(profile, &sample), PROFILE_NONE);
}

static struct profile *random_profile(uint32_t elements, uint32_t samples) {
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    profile_add_value_type(profile, "odd", "");
    add_random_elements(profile, elements);
    for (uint32_t i = 0; i < samples; i++)
        add_random_sample(profile);
    profile->default_value_type = profile_string(profile, "wall");
    profile->period_type.name = profile_string(profile, "cpu");
    profile->period_type.unit = "nanoseconds"; /* not interned, as a careless builder has it */
    profile->period = 1;
    profile->time_ns = 1234567890123456789;
    profile->duration_ns = -5;
    profile->drop_frames = profile_string(profile, "drop.*");
    profile->keep_frames = profile_string(profile, "keep");
    profile->doc_url = profile_string(profile, "https://example.org/doc");
    profile_add_comment(profile, "one comment");
    profile_add_comment(profile, "");
    return profile;
}

static void check_same_header(const struct profile *a, const struct profile *b) {
    assert_int_equal(a->value_type_count, b->value_type_count);
    for (uint32_t i = 0; i < a->value_type_count; i++) {
        assert_string_equal(a->value_types[i].name, b->value_types[i].name);
        assert_string_equal(a->value_types[i].unit, b->value_types[i].unit);
    }
    assert_string_equal(a->default_value_type, b->default_value_type);
    assert_string_equal(a->period_type.name, b->period_type.name);
    assert_string_equal(a->period_type.unit, b->period_type.unit);
    assert_int_equal(a->period, b->period);
    assert_int_equal(a->time_ns, b->time_ns);
    assert_int_equal(a->duration_ns, b->duration_ns);
    assert_string_equal(a->drop_frames, b->drop_frames);
    assert_string_equal(a->keep_frames, b->keep_frames);
    assert_string_equal(a->doc_url, b->doc_url);
    assert_int_equal(a->comment_count, b->comment_count);
    for (uint32_t i = 0; i < a->comment_count; i++)
        assert_string_equal(a->comments[i], b->comments[i]);
}

static void check_same_elements(const struct profile *a, const struct profile *b) {
    assert_int_equal(a->mapping_count, b->mapping_count);
    assert_int_equal(a->function_count, b->function_count);
    assert_int_equal(a->location_count, b->location_count);
    for (uint32_t i = 0; i < a->mapping_count; i++) {
        struct profile_mapping left = a->mappings[i], right = b->mappings[i];
        assert_string_equal(left.file, right.file);
        assert_string_equal(left.build_id, right.build_id);
        assert_int_equal(left.start, right.start);
        assert_int_equal(left.limit, right.limit);
        assert_int_equal(left.offset, right.offset);
        assert_int_equal(left.has_functions, right.has_functions);
        assert_int_equal(left.has_filenames, right.has_filenames);
        assert_int_equal(left.has_line_numbers, right.has_line_numbers);
        assert_int_equal(left.has_inline_frames, right.has_inline_frames);
    }
    for (uint32_t i = 0; i < a->function_count; i++) {
        assert_string_equal(a->functions[i].name, b->functions[i].name);
        assert_string_equal(a->functions[i].system_name, b->functions[i].system_name);
        assert_string_equal(a->functions[i].file, b->functions[i].file);
        assert_int_equal(a->functions[i].start_line, b->functions[i].start_line);
    }
    for (uint32_t i = 0; i < a->location_count; i++) {
        const struct profile_location *left = &a->locations[i], *right = &b->locations[i];
        assert_int_equal(left->mapping, right->mapping);
        assert_int_equal(left->address, right->address);
        assert_int_equal(left->is_folded, right->is_folded);
        assert_int_equal(left->line_count, right->line_count);
        for (uint32_t j = 0; j < left->line_count; j++) {
            assert_int_equal(left->lines[j].function, right->lines[j].function);
            assert_int_equal(left->lines[j].line, right->lines[j].line);
            assert_int_equal(left->lines[j].column, right->lines[j].column);
        }
    }
}

static void check_same_samples(const struct profile *a, const struct profile *b) {
    assert_int_equal(a->sample_count, b->sample_count);
    for (uint32_t i = 0; i < a->sample_count; i++) {
        const struct profile_sample *left = &a->samples[i], *right = &b->samples[i];
        assert_int_equal(left->depth, right->depth);
        for (uint32_t j = 0; j < left->depth; j++)
            assert_int_equal(left->locations[j], right->locations[j]);
        for (uint32_t j = 0; j < a->value_type_count; j++)
            assert_int_equal(left->values[j], right->values[j]);
        assert_int_equal(left->tag_count, right->tag_count);
        for (uint32_t j = 0; j < left->tag_count; j++) {
            const struct profile_tag *one = &left->tags[j], *other = &right->tags[j];
            assert_string_equal(one->key, other->key);
            assert_int_equal(one->text == NULL, other->text == NULL);
            if (one->text != NULL)
                assert_string_equal(one->text, other->text);
            assert_int_equal(one->number, other->number);
            assert_string_equal(one->unit, other->unit);
        }
    }
}

static void what_is_written_comes_back_to_the_last_field(void **state) {
    (void)state;
    const uint32_t sizes[][2] = {{1, 0}, {3, 1}, {40, 200}, {3000, 20000}};
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        struct profile *profile = random_profile(sizes[i][0], sizes[i][1]);
        struct profile *again = write_and_read(profile);
        check_same_header(profile, again);
        check_same_elements(profile, again);
        check_same_samples(profile, again);
        profile_free(again);
        profile_free(profile);
    }
}

static void a_profile_without_a_time_is_written_with_one(void **state) {
    (void)state;
    struct profile *profile = random_profile(3, 3);
    profile->time_ns = 0;
    struct profile *again = write_and_read(profile);
    assert_true(again->time_ns > 1600000000000000000);
    profile_free(again);
    profile_free(profile);
}

static void a_failing_write_is_an_error(void **state) {
    (void)state;
    struct error error;
    struct profile *profile = random_profile(10, 100);
    int full = open("/dev/full", O_WRONLY);
    assert_int_equal(profile_write_pprof(profile, full, &error), -1);
    assert_string_equal(error.message, "cannot write the profile: No space left on device");
    close(full);
    profile->value_type_count = 0;
    assert_int_equal(profile_write_pprof(profile, 1, &error), -1);
    assert_non_null(strstr(error.message, "no value types"));
    profile_free(profile);
}

/* A pipe whose reader takes something out whenever the writer waits for room: poll() is ours. */
static struct {
    int ends[2];
    uint8_t data[8 << 20];
    size_t size, waits;
} slow;

static void take_from_pipe(void) {
    ssize_t count = read(slow.ends[0], slow.data + slow.size, sizeof(slow.data) - slow.size);
    slow.size += count > 0 ? (size_t)count : 0;
}

int poll(struct pollfd *files, nfds_t count, int timeout) {
    assert_int_equal(count, 1);
    assert_int_equal(files->fd, slow.ends[1]);
    assert_int_equal(files->events, POLLOUT);
    assert_int_equal(timeout, -1);
    slow.waits++;
    take_from_pipe();
    return 1;
}

static void a_nonblocking_pipe_gets_the_whole_profile(void **state) {
    (void)state;
    struct error error = {""};
    struct profile *profile = random_profile(1000, 20000);
    assert_int_equal(pipe2(slow.ends, O_NONBLOCK), 0);
    assert_int_equal(profile_write_pprof(profile, slow.ends[1], &error), 0);
    close(slow.ends[1]);
    take_from_pipe();
    close(slow.ends[0]);
    assert_true(slow.waits > 0);
    struct profile *again = profile_parse_pprof(slow.data, slow.size, "pipe", &error);
    assert_non_null(again);
    check_same_samples(profile, again);
    profile_free(again);
    profile_free(profile);
}

static void stacks_are_read_up_to_the_stated_depth(void **state) {
    (void)state;
    struct profile *profile = random_profile(1, 0);
    uint32_t *stack = calloc(PROFILE_MAX_DEPTH + 1, sizeof(*stack));
    int64_t values[] = {1, 2, 3};
    struct profile_sample sample = {
        .depth = PROFILE_MAX_DEPTH, .locations = stack, .values = values};
    profile_add_sample(profile, &sample);
    struct profile *again = write_and_read(profile);
    assert_int_equal(again->samples[0].depth, PROFILE_MAX_DEPTH);
    profile_free(again);
    sample.depth++;
    profile_add_sample(profile, &sample);
    struct error error;
    int fd = write_file(profile);
    assert_null(profile_read_pprof(fd, "deep", &error));
    assert_string_equal(error.message,
                        "deep: sample 2: has 1048577 frames, more than the 1048576 that are read");
    close(fd);
    free(stack);
    profile_free(profile);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_comes_back_to_the_last_field),
        cmocka_unit_test(a_profile_without_a_time_is_written_with_one),
        cmocka_unit_test(a_failing_write_is_an_error),
        cmocka_unit_test(a_nonblocking_pipe_gets_the_whole_profile),
        cmocka_unit_test(stacks_are_read_up_to_the_stated_depth),
    };
    return cmocka_run_group_tests_name("pprof", tests, NULL, NULL);
}
