/* SPDX-License-Identifier: MIT */
/*
 * Tests against Go's pprof: it opens our files without a warning and sees the same numbers, we read
 * Go's files as it does, and both refuse the same files. Runs in the
 * repository's top, needs `go` (package golang-go), uses no network and leaves nothing behind.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "pprof_cases.h"
#include "reader/profile/profile.h"

static char directory[] = "/tmp/cinstr-pprof-test.XXXXXX";

static char *read_file(const char *name) {
    char path[256], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    FILE *copy = open_memstream(&text, &size);
    int c;
    while ((c = getc(file)) != EOF)
        putc(c, copy);
    fclose(copy);
    fclose(file);
    return text;
}

/* Runs a command in the directory, its output in files "out" and "err" there. Its exit status. */
static int run(const char *format, ...) {
    char command[512], line[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof(command), format, arguments);
    va_end(arguments);
    snprintf(line, sizeof(line), "{ %s; } >%s/out 2>%s/err", command, directory, directory);
    int status = system(line); /* NOLINT(cert-env33-c): the test's own words alone */
    return WIFEXITED(status) ? WEXITSTATUS(status) : 255;
}

static void print_tags(FILE *out, const struct profile_sample *sample, bool numbers) {
    const char *indent = "                ", *key = NULL;
    for (uint32_t i = 0; i < sample->tag_count; i++) {
        const struct profile_tag *tag = &sample->tags[i];
        if ((tag->text == NULL) != numbers)
            continue;
        if (key == NULL || strcmp(key, tag->key) != 0)
            fprintf(out, "%s%s:[", key == NULL ? indent : "] ", tag->key);
        else
            putc(' ', out);
        if (numbers)
            fprintf(out, "%" PRId64 "%s%s", tag->number, tag->unit[0] == '\0' ? "" : " ",
                    tag->unit);
        else
            fputs(tag->text, out);
        key = tag->key;
    }
    if (key != NULL)
        fputs("]\n", out);
}

static void print_sample(FILE *out, const struct profile *profile,
                         const struct profile_sample *sample) {
    for (uint32_t i = 0; i < profile->value_type_count; i++)
        fprintf(out, " %10" PRId64, sample->values[i]);
    fputs(": ", out);
    for (uint32_t i = 0; i < sample->depth; i++)
        fprintf(out, "%" PRIu32 " ", sample->locations[i] + 1);
    putc('\n', out);
    print_tags(out, sample, false);
    print_tags(out, sample, true);
}

static void print_location(FILE *out, const struct profile *profile, uint32_t index) {
    const struct profile_location *location = &profile->locations[index];
    fprintf(out, "%6" PRIu32 ": %#" PRIx64 " ", index + 1, location->address);
    if (location->mapping != PROFILE_NONE)
        fprintf(out, "M=%" PRIu32 " ", location->mapping + 1);
    fputs(location->is_folded ? "[F] " : "", out);
    for (uint32_t i = 0; i < location->line_count; i++) {
        const struct profile_line *line = &location->lines[i];
        const struct profile_function *function = &profile->functions[line->function];
        fprintf(out, "%s%s %s:%" PRId64 " s=%" PRId64, i == 0 ? "" : "\n             ",
                function->name, function->file, line->line, function->start_line);
        if (strcmp(function->name, function->system_name) != 0)
            fprintf(out, "(%s)", function->system_name);
    }
    putc('\n', out);
}

static void print_header(FILE *out, const struct profile *profile) {
    for (uint32_t i = 0; i < profile->comment_count; i++)
        fprintf(out, "Comment: %s\n", profile->comments[i]);
    fprintf(out, "PeriodType: %s %s\n", profile->period_type.name, profile->period_type.unit);
    fprintf(out, "Period: %" PRId64 "\n", profile->period);
    char date[32], fraction[16];
    time_t seconds = profile->time_ns / 1000000000;
    struct tm parts;
    strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S", gmtime_r(&seconds, &parts));
    snprintf(fraction, sizeof(fraction), ".%09d", (int)(profile->time_ns % 1000000000));
    for (size_t end = strlen(fraction); end > 0 && strchr("0.", fraction[end - 1]); end--)
        fraction[end - 1] = '\0';
    fprintf(out, "Time: %s%s +0000 UTC\nSamples:\n", date, fraction);
    for (uint32_t i = 0; i < profile->value_type_count; i++) {
        const struct profile_value_type *type = &profile->value_types[i];
        bool is_default = strcmp(type->name, profile->default_value_type) == 0;
        fprintf(out, "%s%s/%s%s", i == 0 ? "" : " ", type->name, type->unit,
                is_default ? "[dflt]" : "");
    }
    putc('\n', out);
}

/* What `go tool pprof -raw` prints, without the duration, which it rounds. Like Go, numbers things
 * anew in the order in which non-zero samples use them. */
static char *print_raw(const struct profile *profile) {
    struct error error;
    struct profile *tidy = profile_merge(&profile, 1, &error);
    assert_non_null(tidy);
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    print_header(out, tidy);
    for (uint32_t i = 0; i < tidy->sample_count; i++) {
        if (tidy->samples[i].depth != 0) /* -raw leaves the others out */
            print_sample(out, tidy, &tidy->samples[i]);
    }
    fputs("Locations\n", out);
    for (uint32_t i = 0; i < tidy->location_count; i++)
        print_location(out, tidy, i);
    fputs("Mappings\n", out);
    for (uint32_t i = 0; i < tidy->mapping_count; i++) {
        const struct profile_mapping *mapping = &tidy->mappings[i];
        fprintf(out, "%" PRIu32 ": %#" PRIx64 "/%#" PRIx64 "/%s%" PRIx64 " %s %s %s%s%s%s\n", i + 1,
                mapping->start, mapping->limit, "0x", mapping->offset, mapping->file,
                mapping->build_id, mapping->has_functions ? "[FN]" : "",
                mapping->has_filenames ? "[FL]" : "", mapping->has_line_numbers ? "[LN]" : "",
                mapping->has_inline_frames ? "[IN]" : "");
    }
    fclose(out);
    profile_free(tidy);
    return text;
}

static void check_raw_equals(const char *name, const struct profile *profile) {
    int status = run("go tool pprof -raw %s/%s", directory, name);
    char *complaints = read_file("err"), *theirs = read_file("out"), *ours = print_raw(profile);
    assert_string_equal(complaints, "");
    assert_int_equal(status, 0);
    char *duration = strstr(theirs, "Duration: ");
    if (duration != NULL) {
        char *behind = strchr(duration, '\n') + 1;
        memmove(duration, behind, strlen(behind) + 1);
    }
    assert_string_equal(ours, theirs);
    free(complaints);
    free(theirs);
    free(ours);
}

static struct profile *open_profile(const char *name) {
    char path[256];
    struct error error = {""};
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    int fd = open(path, O_RDONLY);
    assert_int_not_equal(fd, -1);
    struct profile *profile = profile_read_pprof(fd, name, &error);
    close(fd);
    if (profile == NULL)
        fail_msg("%s", error.message);
    return profile;
}

static void save_profile(const char *name, const struct profile *profile) {
    char path[256];
    struct error error = {""};
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_not_equal(fd, -1);
    if (profile_write_pprof(profile, fd, &error) != 0)
        fail_msg("%s", error.message);
    close(fd);
}

static void add_functions(struct profile *profile) {
    struct profile_mapping mapping = {.start = 0x400000,
                                      .limit = 0x500000,
                                      .file = "/nowhere/program",
                                      .build_id = "0123abcd",
                                      .has_functions = true,
                                      .has_filenames = true,
                                      .has_line_numbers = true,
                                      .has_inline_frames = true};
    profile_add_mapping(profile, &mapping);
    static const char *const names[] = {"main", "parse", "read(int)", "inlined"};
    static const char *const symbols[] = {"main", "parse", "_Z4readi", "inlined"};
    for (uint32_t i = 0; i < 4; i++) {
        struct profile_function function = {
            .name = names[i], .system_name = symbols[i], .file = "src/a.c", .start_line = 10 * i};
        profile_add_function(profile, &function);
    }
    for (uint32_t i = 0; i < 3; i++) {
        struct profile_line lines[] = {{.function = 3, .line = 77}, {.function = i, .line = 5 + i}};
        struct profile_location location = {.mapping = 0,
                                            .address = 0x401000 + 64 * i,
                                            .is_folded = i == 1,
                                            .line_count = i == 2 ? 2 : 1,
                                            .lines = i == 2 ? lines : lines + 1};
        profile_add_location(profile, &location);
    }
}

static void add_stack(struct profile *profile, uint32_t depth, int64_t calls, int64_t wall,
                      const struct profile_tag *tags, uint32_t tag_count) {
    uint32_t stack[3];
    for (uint32_t i = 0; i < depth; i++)
        stack[i] = depth - 1 - i;
    int64_t values[] = {calls, wall};
    struct profile_sample sample = {.depth = depth,
                                    .locations = stack,
                                    .values = values,
                                    .tag_count = tag_count,
                                    .tags = (struct profile_tag *)(uintptr_t)tags};
    assert_int_not_equal(profile_add_sample(profile, &sample), PROFILE_NONE);
}

static struct profile *make_profile(void) {
    static const struct profile_tag tags[] = {{.key = "thread", .text = "worker"},
                                              {.key = "tid", .number = 7},
                                              {.key = "size", .number = 64, .unit = "bytes"}};
    struct profile *profile = profile_new();
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    add_functions(profile);
    add_stack(profile, 1, 1, 1000, NULL, 0);
    add_stack(profile, 2, 40, 2500, NULL, 0);
    add_stack(profile, 3, 1234, 500, NULL, 0);
    add_stack(profile, 3, 1000, 6000, tags, 3);
    profile->default_value_type = profile_string(profile, "wall");
    profile->period_type = (struct profile_value_type){"cpu", "nanoseconds"};
    profile->period = 1;
    profile->time_ns = 1700000000120000000;
    profile->duration_ns = 2000000000;
    profile_add_comment(profile, "clock: tsc");
    return profile;
}

static void go_reads_what_we_write_as_we_do(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    save_profile("ours.pb.gz", profile);
    check_raw_equals("ours.pb.gz", profile);
    profile_free(profile);
}

static void go_reports_our_numbers_without_a_warning(void **state) {
    (void)state;
    struct profile *profile = make_profile();
    save_profile("ours.pb.gz", profile);
    assert_int_equal(run("go tool pprof -top %s/ours.pb.gz", directory), 0);
    char *top = read_file("out"), *complaints = read_file("err");
    assert_string_equal(complaints, "");
    assert_non_null(strstr(top, "File: program\nBuild ID: 0123abcd\nclock: tsc\nType: wall\n"));
    assert_non_null(strstr(top, "Duration: 2s, Total samples = 10us"));
    assert_non_null(strstr(top, "    6.50us 65.00% 65.00%     6.50us 65.00%  inlined"));
    assert_non_null(strstr(top, "    2.50us 25.00% 90.00%        9us 90.00%  parse"));
    assert_non_null(strstr(top, "       1us 10.00%   100%       10us   100%  main"));
    free(top);
    free(complaints);
    assert_int_equal(run("go tool pprof -sample_index=calls -top %s/ours.pb.gz", directory), 0);
    top = read_file("out");
    assert_non_null(strstr(top, "      2234 98.20% 98.20%       2234 98.20%  inlined"));
    free(top);
    profile_free(profile);
}

static void a_difference_is_what_go_makes_of_it(void **state) {
    (void)state;
    struct error error;
    struct profile *before = make_profile(), *after = make_profile();
    add_stack(after, 2, 2, 300, NULL, 0);
    struct profile *difference = profile_subtract(after, before, &error);
    assert_non_null(difference);
    save_profile("before.pb.gz", before);
    save_profile("after.pb.gz", after);
    save_profile("difference.pb.gz", difference);
    const char *options = "-sample_index=calls -traces";
    assert_int_equal(
        run("cd %s && go tool pprof %s -base before.pb.gz after.pb.gz | sed -n '/---/,$p'",
            directory, options),
        0);
    char *theirs = read_file("out");
    assert_int_equal(
        run("cd %s && go tool pprof %s difference.pb.gz | sed -n '/---/,$p'", directory, options),
        0);
    char *ours = read_file("out");
    assert_non_null(strstr(ours, "2   parse"));
    assert_string_equal(ours, theirs);
    free(ours);
    free(theirs);
    profile_free(difference);
    profile_free(after);
    profile_free(before);
}

static void we_read_what_go_writes_as_go_does(void **state) {
    (void)state;
    static const char *const kinds[] = {"cpu",   "heap",      "allocs",      "block",
                                        "mutex", "goroutine", "threadcreate"};
    assert_int_equal(run("go run tests/fixtures/go_profiles/main.go %s", directory), 0);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char name[32];
        snprintf(name, sizeof(name), "%s.pb.gz", kinds[i]);
        struct profile *profile = open_profile(name);
        assert_true(profile->sample_count > 0);
        check_raw_equals(name, profile);
        save_profile("again.pb.gz", profile);
        check_raw_equals("again.pb.gz", profile);
        profile_free(profile);
    }
}

static void go_accepts_and_refuses_the_same_files(void **state) {
    (void)state;
    for (size_t i = 0; i < pprof_case_count; i++) {
        struct pprof_bytes bytes;
        pprof_cases[i].make(&bytes);
        char path[256];
        snprintf(path, sizeof(path), "%s/case.pb.gz", directory);
        FILE *file = fopen(path, "w");
        assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
        fclose(file);
        int status = run("go tool pprof -top %s", path);
        if ((status == 0) != (pprof_cases[i].fault == NULL))
            fail_msg("%s: go exits with %d", pprof_cases[i].name, status);
    }
}

static int set_up(void **state) {
    (void)state;
    if (mkdtemp(directory) == NULL)
        return -1;
    char path[256];
    snprintf(path, sizeof(path), "%s/cache", directory);
    setenv("GOCACHE", path, 1);
    setenv("GO111MODULE", "off", 1);
    setenv("GOFLAGS", "", 1);
    setenv("GOPROXY", "off", 1);
    setenv("PPROF_TMPDIR", directory, 1);
    setenv("TZ", "UTC", 1);
    return 0;
}

static int tear_down(void **state) {
    (void)state;
    return run("rm -rf -- %s/*", directory) == 0 && rmdir(directory) == 0 ? 0 : 1;
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(go_reads_what_we_write_as_we_do),
        cmocka_unit_test(go_reports_our_numbers_without_a_warning),
        cmocka_unit_test(a_difference_is_what_go_makes_of_it),
        cmocka_unit_test(we_read_what_go_writes_as_go_does),
        cmocka_unit_test(go_accepts_and_refuses_the_same_files),
    };
    return cmocka_run_group_tests_name("pprof_go", tests, set_up, tear_down);
}
