/* SPDX-License-Identifier: MIT */
/*
 * Tests that running out of memory at any point of reading, writing, merging and subtracting is one
 * clear error, and that nothing is leaked on the way out. The allocator is this program's own: it
 * fails at the n-th call, for every n, and counts what is live.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "pprof_cases.h"
#include "reader/profile/profile.h"

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *piece, size_t size);
void __libc_free(void *piece);

static long left_to_fail; /* 0: never */
static long live;

static bool fails(void) {
    if (left_to_fail == 0 || --left_to_fail > 0)
        return false;
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) {
    void *piece = fails() ? NULL : __libc_malloc(size);
    live += piece != NULL;
    return piece;
}

void *calloc(size_t count, size_t size) {
    void *piece = fails() ? NULL : __libc_calloc(count, size);
    live += piece != NULL;
    return piece;
}

void *realloc(void *piece, size_t size) {
    void *moved = fails() ? NULL : __libc_realloc(piece, size);
    live += piece == NULL && moved != NULL;
    return moved;
}

void free(void *piece) {
    live -= piece != NULL;
    __libc_free(piece);
}

static struct profile *good;
static struct {
    uint8_t data[1 << 20];
    size_t size;
} file; /* good, as written */

/* Whether there is a profile. If so it must be whole: equal things still found to be equal. */
static bool check(struct profile *profile, uint32_t functions, uint32_t samples) {
    if (profile == NULL)
        return false;
    assert_int_equal(profile->function_count, functions);
    assert_int_equal(profile->location_count, functions);
    assert_int_equal(profile->sample_count, samples);
    profile_free(profile);
    return true;
}

/* Each returns whether it succeeded; when not, the error says why. */
static bool read_it(struct error *error) {
    return check(profile_parse_pprof(file.data, file.size, "file", error), good->function_count,
                 good->sample_count);
}

static bool write_it(struct error *error) {
    int fd = memfd_create("profile", 0);
    bool done = profile_write_pprof(good, fd, error) == 0;
    close(fd);
    return done;
}

static bool merge_it(struct error *error) {
    const struct profile *both[] = {good, good};
    return check(profile_merge(both, 2, error), good->function_count, good->sample_count);
}

static bool subtract_it(struct error *error) {
    return check(profile_subtract(good, good, error), 0, 0);
}

static void fail_everywhere(bool (*operation)(struct error *error)) {
    bool done = false;
    long failures = 0;
    for (long n = 1; !done; n++) {
        struct error error = {""};
        long live_before = live;
        left_to_fail = n;
        done = operation(&error);
        bool was_reached = left_to_fail == 0;
        left_to_fail = 0;
        assert_int_equal(live, live_before);
        assert_int_equal(done, error.message[0] == '\0');
        failures += !done;
        /* An operation that does not need the memory may succeed; then the search goes on. */
        done = done && !was_reached;
    }
    assert_true(failures > 5);
}

static void reading_survives_any_failed_allocation(void **state) {
    (void)state;
    fail_everywhere(read_it);
}

static void writing_survives_any_failed_allocation(void **state) {
    (void)state;
    fail_everywhere(write_it);
}

static void merging_survives_any_failed_allocation(void **state) {
    (void)state;
    fail_everywhere(merge_it);
}

static void subtracting_survives_any_failed_allocation(void **state) {
    (void)state;
    fail_everywhere(subtract_it);
}

/* Enough strings and samples that tables and arrays grow several times. */
static int set_up(void **state) {
    (void)state;
    struct error error;
    struct pprof_bytes small;
    make_good(&small);
    good = profile_parse_pprof(small.data, small.size, "small", &error);
    if (good == NULL)
        return -1;
    for (uint32_t i = 0; i < 2000; i++) {
        char name[32];
        snprintf(name, sizeof(name), "function %u", i);
        struct profile_function function = {.name = name, .system_name = name, .file = name};
        struct profile_line line = {.function = profile_add_function(good, &function)};
        struct profile_location location = {
            .mapping = 0, .address = 0x2000 + i, .line_count = 1, .lines = &line};
        uint32_t stack[] = {profile_add_location(good, &location)};
        int64_t values[] = {1, 1};
        struct profile_tag tag = {.key = "thread", .text = name};
        struct profile_sample sample = {
            .depth = 1, .locations = stack, .values = values, .tag_count = 1, .tags = &tag};
        if (profile_add_sample(good, &sample) == PROFILE_NONE)
            return -1;
    }
    int fd = memfd_create("profile", 0);
    if (profile_write_pprof(good, fd, &error) != 0)
        return -1;
    ssize_t size = pread(fd, file.data, sizeof(file.data), 0);
    file.size = (size_t)size;
    close(fd);
    return size > 0 && file.size < sizeof(file.data) ? 0 : -1;
}

static int tear_down(void **state) {
    (void)state;
    profile_free(good);
    return 0;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reading_survives_any_failed_allocation),
        cmocka_unit_test(writing_survives_any_failed_allocation),
        cmocka_unit_test(merging_survives_any_failed_allocation),
        cmocka_unit_test(subtracting_survives_any_failed_allocation),
    };
    return cmocka_run_group_tests_name("pprof_memory", tests, set_up, tear_down);
}
