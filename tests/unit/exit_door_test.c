/* SPDX-License-Identifier: MIT */
/*
 * The door from the recorder to the reader: a profile of a segment in memory, also for eight
 * threads at once, each with its own; or one line that says what is wrong. tests/e2e/threads.sh
 * runs it under the thread sanitizer.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinstr/reader.h>
#include <cmocka.h>

#include "reader/profile/profile.h"
#include "segment_sample.h"

enum { THREADS = 8, ROUNDS = 16, CALLS = 4 * 6 + 3 + 7 };

static struct segment_sample sample;

static int fill(void **state) {
    (void)state;
    sample_fill(&sample);
    return 0;
}

static int64_t calls_written(const char *kind, const char *type) {
    struct error error = {""};
    char message[256] = "";
    const int fd = memfd_create("profile", 0);
    int64_t calls = 0;
    if (fd < 0 || cinstr_reader_write_profile(&sample, sizeof(sample), kind, fd, message,
                                              sizeof(message)) != 0)
        return -1;
    lseek(fd, 0, SEEK_SET);
    struct profile *profile = profile_read_pprof(fd, "written", &error);
    close(fd);
    if (profile == NULL)
        return -1;
    const uint32_t column = profile_find_value_type(profile, type);
    for (uint32_t i = 0; i < profile->sample_count; i++)
        calls += profile->samples[i].values[column];
    profile_free(profile);
    return calls;
}

static void the_profile_holds_every_call(void **state) {
    (void)state;
    assert_int_equal(calls_written("exact", "calls"), CALLS);
    assert_int_equal(calls_written("edges", "edge_calls"), CALLS);
}

static void *write_often(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        if (calls_written(i % 2 == 0 ? "exact" : "edges", i % 2 == 0 ? "calls" : "edge_calls") !=
            CALLS)
            return NULL;
    }
    return argument;
}

static void eight_threads_at_once(void **state) {
    pthread_t threads[THREADS];
    void *done;
    (void)state;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, write_often, &sample), 0);
    for (int i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &done), 0);
        assert_ptr_equal(done, &sample);
    }
}

static void what_is_wrong_is_one_line(void **state) {
    static const struct segment_sample nothing;
    char message[256] = "", small[8];
    (void)state;
    assert_int_equal(cinstr_reader_write_profile(&nothing, sizeof(nothing), "exact", 1, message,
                                                 sizeof(message)),
                     -1);
    assert_non_null(strstr(message, "this process: "));
    assert_null(strchr(message, '\n'));
    message[0] = '\0';
    assert_int_equal(
        cinstr_reader_write_profile(&sample, sizeof(sample), "exact", -1, message, sizeof(message)),
        -1);
    assert_non_null(strstr(message, "Bad file descriptor"));
    assert_int_equal(cinstr_reader_write_profile(&sample, 100, "exact", -1, small, sizeof(small)),
                     -1);
    assert_int_equal(strlen(small), sizeof(small) - 1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_profile_holds_every_call),
        cmocka_unit_test(eight_threads_at_once),
        cmocka_unit_test(what_is_wrong_is_one_line),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
