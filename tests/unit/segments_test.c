/* SPDX-License-Identifier: MIT */
/* Tests of reader/snapshot/segments.c: which segment a pid or a name stands for, and what may be
 * removed. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "reader/snapshot/segments.h"

static char *directory;

static int make_directory(void **state) {
    static char name[64];
    (void)state;
    strcpy(name, "/tmp/cinstr-segments.XXXXXX");
    directory = mkdtemp(name);
    return directory == NULL ? -1 : 0;
}

static int remove_directory(void **state) {
    char command[128];
    (void)state;
    snprintf(command, sizeof(command), "rm -rf '%s'", directory);
    return system(command) == 0 ? 0 : -1;
}

/* --- segments of processes that never were ---------------------------------------------------- */

static void read_boot_id(uint8_t boot_id[16]) {
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    assert_non_null(file);
    for (int i = 0; i < 16; i++) {
        unsigned byte;
        assert_int_equal(
            fscanf(file, i == 4 || i == 6 || i == 8 || i == 10 ? "-%2x" : "%2x", &byte), 1);
        boot_id[i] = (uint8_t)byte;
    }
    fclose(file);
}

static uint64_t own_start(void) {
    char text[1024];
    unsigned long long start = 0;
    FILE *file = fopen("/proc/self/stat", "re");
    assert_non_null(file);
    assert_non_null(fgets(text, sizeof(text), file));
    fclose(file);
    assert_int_equal(sscanf(strrchr(text, ')') + 1,
                            " %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
                            "%*s %*s %llu",
                            &start),
                     1);
    return start;
}

/* This process's, as if it were recorded. */
static struct segment_header own_header(void) {
    static const uint32_t element_sizes[SEGMENT_SECTION_COUNT] = {
        sizeof(struct segment_module), sizeof(struct segment_lane), sizeof(struct segment_label),
        sizeof(struct segment_block),  sizeof(struct segment_node), 1};
    struct stat namespace;
    struct segment_header header = {.magic = SEGMENT_MAGIC,
                                    .version_major = SEGMENT_VERSION_MAJOR,
                                    .header_size = SEGMENT_HEADER_SIZE,
                                    .byte_order = SEGMENT_BYTE_ORDER,
                                    .state = SEGMENT_LIVE,
                                    .pid = (uint32_t)getpid(),
                                    .size = SEGMENT_HEADER_SIZE,
                                    .process_start = own_start(),
                                    .start_realtime_ns = 1000,
                                    .program = "prog"};
    assert_int_equal(stat("/proc/self/ns/pid", &namespace), 0);
    header.pid_namespace = namespace.st_ino;
    read_boot_id(header.boot_id);
    for (int i = 0; i < SEGMENT_SECTION_COUNT; i++)
        header.sections[i].element_size = element_sizes[i];
    return header;
}

static void write_segment(const char *name, const struct segment_header *header) {
    unsigned char page[SEGMENT_HEADER_SIZE] = {0};
    char path[128];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    memcpy(page, header, sizeof(*header));
    assert_int_equal(fwrite(page, sizeof(page), 1, file), 1);
    assert_int_equal(fclose(file), 0);
}

/* Of a process that has ended: nothing has so large a pid, which the kernel's limit forbids. */
static struct segment_header dead_header(void) {
    struct segment_header header = own_header();
    header.pid = 0x7ffffff0;
    return header;
}

static struct segments found(void) {
    struct segments segments;
    struct error error;
    if (segments_find(&segments, directory, &error) != 0)
        fail_msg("%s", error.message);
    return segments;
}

/* The last part of the path of what a pid or program stands for, or the error. */
static const char *chosen(uint32_t pid, const char *program) {
    static char text[512];
    struct segments segments = found();
    struct error error;
    const struct segments_entry *entry = program == NULL
                                             ? segments_by_pid(&segments, pid, &error)
                                             : segments_by_program(&segments, program, &error);
    snprintf(text, sizeof(text), "%s",
             entry == NULL ? error.message : strrchr(entry->path, '/') + 1);
    segments_free(&segments);
    return text;
}

/* --- tests ------------------------------------------------------------------------------------ */

static void a_directory_that_is_not_there_is_said(void **state) {
    (void)state;
    struct segments segments;
    struct error error;
    assert_int_equal(segments_find(&segments, "/nonexistent", &error), -1);
    assert_string_equal(error.message,
                        "cannot open directory /nonexistent: No such file or directory");
}

static void only_regular_files_that_end_in_seg_are_looked_at(void **state) {
    (void)state;
    char path[128], victim[128];
    struct segment_header header = own_header();
    write_segment("a.seg", &header);
    write_segment("a.seg.bak", &header);
    snprintf(victim, sizeof(victim), "%s/a.seg", directory);
    snprintf(path, sizeof(path), "%s/link.seg", directory);
    assert_int_equal(symlink(victim, path), 0);
    snprintf(path, sizeof(path), "%s/pipe.seg", directory);
    assert_int_equal(mkfifo(path, 0600), 0);
    snprintf(path, sizeof(path), "%s/directory.seg", directory);
    assert_int_equal(mkdir(path, 0700), 0);
    struct segments segments = found();
    assert_int_equal(segments.count, 1);
    assert_null(segments.entries[0].problem);
    assert_int_equal(segments.entries[0].liveness, LIVENESS_ALIVE);
    assert_string_equal(segments_state(&segments.entries[0]), "running");
    segments_free(&segments);
}

static void what_cannot_be_read_is_listed_with_the_reason_and_never_removed(void **state) {
    (void)state;
    struct segment_header header = {0};
    write_segment("a.seg", &header);
    struct segments segments = found();
    struct error error;
    assert_int_equal(segments.count, 1);
    assert_non_null(strstr(segments.entries[0].problem, "just starting"));
    assert_false(segments_has_ended(&segments.entries[0]));
    assert_int_equal(segments_remove(&segments, &segments.entries[0], &error), -1);
    assert_int_equal(access(segments.entries[0].path, F_OK), 0);
    segments_free(&segments);
}

static void a_pid_is_the_process_that_runs_not_an_earlier_one(void **state) {
    (void)state;
    struct segment_header header = own_header();
    write_segment("now.seg", &header);
    header.process_start--;
    header.start_realtime_ns = 2000;
    write_segment("earlier.seg", &header);
    assert_string_equal(chosen((uint32_t)getpid(), NULL), "now.seg");
}

static void a_pid_given_to_another_process_is_not_mistaken(void **state) {
    (void)state;
    struct segment_header header = own_header();
    header.process_start--;
    write_segment("earlier.seg", &header);
    assert_non_null(strstr(chosen((uint32_t)getpid(), NULL), "an earlier one of that pid, prog"));
    header.process_start++;
    header.boot_id[0] ^= 1;
    write_segment("earlier.seg", &header);
    assert_non_null(strstr(chosen((uint32_t)getpid(), NULL), "an earlier one of that pid"));
}

static void a_process_that_became_another_program_is_the_newer_one(void **state) {
    (void)state;
    struct segment_header header = own_header();
    write_segment("old.seg", &header);
    header.start_realtime_ns = 2000;
    write_segment("new.seg", &header);
    assert_string_equal(chosen((uint32_t)getpid(), NULL), "new.seg");
    assert_string_equal(chosen(0, "prog"), "new.seg");
}

static void a_dead_process_is_found_by_its_pid_the_newest_if_there_were_two(void **state) {
    (void)state;
    struct segment_header header = dead_header();
    write_segment("b.seg", &header);
    assert_string_equal(chosen(header.pid, NULL), "b.seg");
    header.start_realtime_ns = 2000;
    write_segment("a.seg", &header);
    assert_string_equal(chosen(header.pid, NULL), "a.seg");
}

static void a_name_prefers_what_runs(void **state) {
    (void)state;
    struct segment_header header = dead_header();
    write_segment("dead.seg", &header);
    assert_string_equal(chosen(0, "prog"), "dead.seg");
    header = own_header();
    write_segment("live.seg", &header);
    assert_string_equal(chosen(0, "prog"), "live.seg");
}

static void a_name_of_several_processes_lists_their_pids(void **state) {
    (void)state;
    struct segment_header header = dead_header();
    write_segment("a.seg", &header);
    header.pid++;
    write_segment("b.seg", &header);
    assert_string_equal(chosen(0, "prog"),
                        "2 processes of 'prog' have ended: give a pid, one of 2147483632, "
                        "2147483633");
}

static void a_list_of_very_many_pids_is_cut(void **state) {
    (void)state;
    struct segment_header header = dead_header();
    for (uint32_t i = 0; i < 30; i++) {
        char name[32];
        snprintf(name, sizeof(name), "%02u.seg", i);
        header.pid = 0x7ffffff0 - i;
        write_segment(name, &header);
    }
    const char *text = chosen(0, "prog");
    assert_string_equal(text + strlen(text) - 5, ", ...");
}

static void what_is_not_there_is_said(void **state) {
    (void)state;
    assert_non_null(strstr(chosen(0x7ffffff0, NULL), "no segment of a process 2147483632"));
    assert_non_null(strstr(chosen(0, "prog"), "no process of a program 'prog' is recorded"));
}

static void processes_of_another_namespace_are_kept(void **state) {
    (void)state;
    struct segment_header header = dead_header();
    struct error error;
    header.pid_namespace++;
    write_segment("a.seg", &header);
    struct segments segments = found();
    assert_int_equal(segments.entries[0].liveness, LIVENESS_UNKNOWN);
    assert_string_equal(segments_state(&segments.entries[0]), "elsewhere");
    assert_int_equal(segments_remove(&segments, &segments.entries[0], &error), -1);
    segments_free(&segments);
    header.pid_namespace++;
    write_segment("b.seg", &header);
    assert_non_null(strstr(chosen(header.pid, NULL), "several pid namespaces"));
}

static void what_has_surely_ended_can_be_removed(void **state) {
    (void)state;
    struct segment_header header = dead_header();
    struct error error;
    write_segment("dead.seg", &header);
    header = own_header();
    header.boot_id[3] ^= 1;
    write_segment("before-boot.seg", &header);
    header = own_header();
    header.state = SEGMENT_EXITED;
    write_segment("exiting.seg", &header);
    struct segments segments = found();
    assert_int_equal(segments.count, 3);
    for (size_t i = 0; i < segments.count; i++) {
        const struct segments_entry *entry = &segments.entries[i];
        const bool is_alive = strstr(entry->path, "exiting") != NULL;
        assert_int_equal(segments_remove(&segments, entry, &error), is_alive ? -1 : 0);
        assert_int_equal(access(entry->path, F_OK), is_alive ? 0 : -1);
        assert_string_equal(segments_state(entry), is_alive ? "exiting" : "died");
    }
    segments_free(&segments);
}

static void the_usual_places_are_searched_each_once(void **state) {
    (void)state;
    char place[128], options[256];
    struct segment_header header = dead_header();
    struct segments segments;
    struct error error;
    size_t seen = 0;
    snprintf(place, sizeof(place), "%s/cinstr", directory);
    assert_int_equal(mkdir(place, 0700), 0);
    write_segment("cinstr/mine.seg", &header);
    snprintf(options, sizeof(options), "directory=/nonexistent:help=0:directory=%s", place);
    setenv("XDG_RUNTIME_DIR", directory, 1);
    setenv("CINSTR_OPTIONS", options, 1);
    assert_int_equal(segments_find(&segments, NULL, &error), 0);
    for (size_t i = 0; i < segments.count; i++)
        seen += strstr(segments.entries[i].path, "/mine.seg") != NULL;
    assert_int_equal(seen, 1);
    segments_free(&segments);
    unsetenv("XDG_RUNTIME_DIR");
    unsetenv("CINSTR_OPTIONS");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_directory, remove_directory)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(a_directory_that_is_not_there_is_said),
        TEST(only_regular_files_that_end_in_seg_are_looked_at),
        TEST(what_cannot_be_read_is_listed_with_the_reason_and_never_removed),
        TEST(a_pid_is_the_process_that_runs_not_an_earlier_one),
        TEST(a_pid_given_to_another_process_is_not_mistaken),
        TEST(a_process_that_became_another_program_is_the_newer_one),
        TEST(a_dead_process_is_found_by_its_pid_the_newest_if_there_were_two),
        TEST(a_name_prefers_what_runs),
        TEST(a_name_of_several_processes_lists_their_pids),
        TEST(a_list_of_very_many_pids_is_cut),
        TEST(what_is_not_there_is_said),
        TEST(processes_of_another_namespace_are_kept),
        TEST(what_has_surely_ended_can_be_removed),
        TEST(the_usual_places_are_searched_each_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
