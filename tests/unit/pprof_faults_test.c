/* SPDX-License-Identifier: MIT */
/*
 * Tests of the pprof reader on files of other programs: every valid encoding reads the same, each
 * fault gives one line that names it, a decompression bomb is not inflated.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "pprof_cases.h"
#include "reader/profile/profile.h"

static void every_case_is_accepted_or_refused_with_its_cause(void **state) {
    (void)state;
    for (size_t i = 0; i < pprof_case_count; i++) {
        const struct pprof_case *one = &pprof_cases[i];
        struct pprof_bytes bytes;
        one->make(&bytes);
        /* An exact copy, so that a read past the end is seen by the sanitizers. */
        uint8_t *data = malloc(bytes.size + 1);
        memcpy(data, bytes.data, bytes.size);
        struct error error = {""};
        struct profile *profile = profile_parse_pprof(data, bytes.size, "file.pb.gz", &error);
        free(data);
        if ((profile != NULL) != (one->fault == NULL) ||
            (one->fault != NULL && (strncmp(error.message, "file.pb.gz: ", 12) != 0 ||
                                    strstr(error.message, one->fault) == NULL)))
            fail_msg("%s: %s", one->name, profile != NULL ? "accepted" : error.message);
        profile_free(profile);
    }
}

static void check_good(const struct profile *profile) {
    assert_int_equal(profile->value_type_count, 2);
    assert_string_equal(profile->value_types[0].name, "calls");
    assert_string_equal(profile->value_types[1].unit, "nanoseconds");
    assert_int_equal(profile->time_ns, 1700000000000000000);
    assert_int_equal(profile->mapping_count, 1);
    assert_string_equal(profile->mappings[0].file, "/bin/prog");
    assert_int_equal(profile->mappings[0].limit, 0x9000);
    assert_int_equal(profile->sample_count, 2);
    const struct profile_sample *sample = &profile->samples[1];
    assert_int_equal(sample->depth, 2);
    assert_int_equal(sample->values[0], 7);
    assert_int_equal(sample->values[1], 150);
    const struct profile_location *leaf = &profile->locations[sample->locations[0]];
    assert_int_equal(leaf->address, 0x1110);
    assert_int_equal(leaf->lines[0].line, 11);
    assert_string_equal(profile->functions[leaf->lines[0].function].name, "work");
    const struct profile_location *caller = &profile->locations[sample->locations[1]];
    assert_string_equal(profile->functions[caller->lines[0].function].name, "main");
}

static void every_encoding_of_a_profile_reads_the_same(void **state) {
    (void)state;
    void (*const encodings[])(struct pprof_bytes *) = {make_good,           make_gzip,
                                                       make_gzip_members,   make_unpacked,
                                                       make_unknown_fields, make_sparse_ids};
    for (size_t i = 0; i < sizeof(encodings) / sizeof(encodings[0]); i++) {
        struct pprof_bytes bytes;
        encodings[i](&bytes);
        struct error error;
        struct profile *profile = profile_parse_pprof(bytes.data, bytes.size, "p", &error);
        assert_non_null(profile);
        check_good(profile);
        profile_free(profile);
    }
}

static void a_decompression_bomb_is_refused(void **state) {
    (void)state;
    static uint8_t bomb[4 << 20], zeros[1 << 20];
    z_stream stream = {0};
    deflateInit2(&stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    stream.next_out = bomb;
    stream.avail_out = sizeof(bomb);
    for (int i = 0; i <= 300; i++) {
        stream.next_in = zeros;
        stream.avail_in = sizeof(zeros);
        deflate(&stream, i == 300 ? Z_FINISH : Z_NO_FLUSH);
    }
    size_t size = sizeof(bomb) - stream.avail_out;
    deflateEnd(&stream);
    struct error error;
    assert_null(profile_parse_pprof(bomb, size, "bomb", &error));
    assert_string_equal(error.message,
                        "bomb: inflates to 256 MiB or more, which no profile of its size does");
}

static void a_file_that_cannot_be_read_is_an_error(void **state) {
    (void)state;
    struct error error;
    int directory = open(".", O_RDONLY);
    assert_null(profile_read_pprof(directory, "here", &error));
    assert_string_equal(error.message, "here: cannot read it: Is a directory");
    close(directory);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_case_is_accepted_or_refused_with_its_cause),
        cmocka_unit_test(every_encoding_of_a_profile_reads_the_same),
        cmocka_unit_test(a_decompression_bomb_is_refused),
        cmocka_unit_test(a_file_that_cannot_be_read_is_an_error),
    };
    return cmocka_run_group_tests_name("pprof_faults", tests, NULL, NULL);
}
