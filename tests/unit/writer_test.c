/* SPDX-License-Identifier: MIT */
/*
 * Tests of the parts of cinstr-writer: profiles of a segment, also by eight threads at once; the
 * segment from a file and in parts from a pipe; names; and the one line for each error.
 * tests/e2e/threads.sh runs it under the thread sanitizer.
 */
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cinstr/writer.h>
#include <cmocka.h>

#include "reader/profile/profile.h"
#include "reader/writer/writer_file.h"
#include "reader/writer/writer_input.h"
#include "reader/writer/writer_kind.h"
#include "segment_sample.h"

enum { THREADS = 8, ROUNDS = 16, CALLS = 4 * 6 + 3 + 7 };

static struct segment_sample sample;

static int fill(void **state) {
    (void)state;
    sample_fill(&sample);
    return 0;
}

static int64_t calls_written(const struct snapshot *snapshot, const char *kind, const char *type) {
    struct error error = {""};
    const int fd = memfd_create("profile", 0);
    int64_t calls = 0;
    if (fd < 0 || writer_kind_write(snapshot, kind, fd, &error) != 0)
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

static struct snapshot *take(void) {
    struct error error = {""};
    return snapshot_from_memory(&sample, sizeof(sample), "sample", &error);
}

static void the_profile_holds_every_call(void **state) {
    struct snapshot *snapshot = take();
    (void)state;
    assert_non_null(snapshot);
    assert_int_equal(calls_written(snapshot, "exact", "calls"), CALLS);
    assert_int_equal(calls_written(snapshot, "edges", "edge_calls"), CALLS);
    snapshot_free(snapshot);
}

static void *write_often(void *argument) {
    for (int i = 0; i < ROUNDS; i++) {
        struct snapshot *snapshot = take();
        const int64_t calls = snapshot == NULL
                                  ? -1
                                  : calls_written(snapshot, i % 2 == 0 ? "exact" : "edges",
                                                  i % 2 == 0 ? "calls" : "edge_calls");
        snapshot_free(snapshot);
        if (calls != CALLS)
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

static void what_cannot_be_written_is_one_line(void **state) {
    struct snapshot *snapshot = take();
    struct error error = {""};
    (void)state;
    assert_int_equal(writer_kind_write(snapshot, "exact", -1, &error), -1);
    assert_non_null(strstr(error.message, "Bad file descriptor"));
    assert_null(strchr(error.message, '\n'));
    snapshot_free(snapshot);
}

/* --- input ------------------------------------------------------------------------------------ */

static void add_part(int fd, uint64_t offset, uint64_t size, uint64_t whole) {
    const struct writer_part part = {offset, size, whole};
    assert_int_equal(write(fd, &part, sizeof(part)), sizeof(part));
    if (offset <= sizeof(sample) && size <= sizeof(sample) - offset)
        assert_int_equal(write(fd, (const char *)&sample + offset, size), size);
}

/* Reads a pipe that has these bytes of the segment in parts of that size. */
static struct snapshot *receive(uint64_t from, uint64_t part, uint64_t whole, struct error *error) {
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_true(fcntl(ends[1], F_SETPIPE_SZ, 1 << 20) >= (int)sizeof(sample));
    for (uint64_t at = from; at < sizeof(sample); at += part)
        add_part(ends[1], at, part < sizeof(sample) - at ? part : sizeof(sample) - at, whole);
    close(ends[1]);
    struct snapshot *snapshot = writer_input_read(ends[0], error);
    close(ends[0]);
    return snapshot;
}

static void parts_are_put_together(void **state) {
    struct error error = {""};
    struct snapshot *snapshot = receive(0, 1000, sizeof(sample), &error);
    (void)state;
    assert_non_null(snapshot);
    assert_int_equal(calls_written(snapshot, "exact", "calls"), CALLS);
    snapshot_free(snapshot);
}

static void a_file_is_read_as_it_is(void **state) {
    struct error error = {""};
    const int fd = memfd_create("segment", 0);
    (void)state;
    assert_int_equal(write(fd, &sample, sizeof(sample)), sizeof(sample));
    struct snapshot *snapshot = writer_input_read(fd, &error);
    assert_non_null(snapshot);
    assert_int_equal(calls_written(snapshot, "exact", "calls"), CALLS);
    snapshot_free(snapshot);
    close(fd);
}

static void what_comes_in_is_not_trusted(void **state) {
    struct error error = {""};
    (void)state;
    assert_null(receive(sizeof(sample), 1000, sizeof(sample), &error));
    assert_string_equal(error.message, "this process: cut off");
    assert_null(receive(0, 1000, 500, &error));
    assert_non_null(strstr(error.message, "a part that does not fit"));
    assert_null(receive(0, 1000, UINT64_MAX, &error));
    assert_non_null(strstr(error.message, "no memory for its segment"));
    assert_null(receive(SEGMENT_HEADER_SIZE, 1000, sizeof(sample), &error));
    assert_null(writer_input_read(-1, &error));
    assert_non_null(strstr(error.message, "Bad file descriptor"));
}

/* --- names ------------------------------------------------------------------------------------ */

static const char *name(enum writer_how how, const char *pattern, uint32_t namesake) {
    static char path[64];
    static struct error error;
    struct segment_header header = {.pid = 4711, .program = "prog"};
    const struct writer_names names = {&header, namesake};
    const struct writer_request request = {"heap", how, pattern};
    return writer_name(&names, &request, path, sizeof(path), &error) ? path : error.message;
}

static void names_are_expanded(void **state) {
    (void)state;
    assert_string_equal(name(WRITER_OUTPUT, "a.%e.%p%%.pb.gz", 0), "a.prog.4711%.pb.gz");
    assert_string_equal(name(WRITER_OUTPUT, "%p", 1), "4711-2");
    assert_string_equal(name(WRITER_BESIDE, "a.pb.gz", 0), "a.heap.pb.gz");
    assert_string_equal(name(WRITER_BESIDE, "a", 0), "a.heap");
    assert_string_equal(name(WRITER_OUTPUT, "/", 0), "/cinstr.prog.4711.pb.gz");
    assert_string_equal(name(WRITER_BESIDE, "/", 0), "/cinstr.prog.4711.heap.pb.gz");
    assert_string_equal(name(WRITER_FILE, "/", 0), "/");
    assert_non_null(strstr(name(WRITER_OUTPUT, "%q", 0), "only %p, %e, %h and %% are known"));
    assert_non_null(strstr(name(WRITER_OUTPUT, "%", 0), "only %p, %e, %h and %% are known"));
    assert_non_null(strstr(
        name(WRITER_BESIDE, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.pb.gz", 0),
        "the name is too long"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_profile_holds_every_call),
        cmocka_unit_test(eight_threads_at_once),
        cmocka_unit_test(what_cannot_be_written_is_one_line),
        cmocka_unit_test(parts_are_put_together),
        cmocka_unit_test(a_file_is_read_as_it_is),
        cmocka_unit_test(what_comes_in_is_not_trusted),
        cmocka_unit_test(names_are_expanded),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
