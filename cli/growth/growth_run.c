/* SPDX-License-Identifier: MIT */
/*
 * See growth_run.h. The profiles go into a directory of our own, which is removed in any case: a
 * signal that would end this process ends the program first (run_child.h).
 */
#include "growth_run.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/run/run_child.h"
#include "cli/run/run_options.h"
#include "cli/source/source.h"

/* --- the command line ------------------------------------------------------------------------- */

/* `text` with each "{}" replaced. NULL when out of memory. */
static char *replace(const char *text, const char *size) {
    char *result = NULL;
    size_t length;
    FILE *out = open_memstream(&result, &length);
    if (out == NULL)
        return NULL;
    for (const char *at = text; *at != '\0';) {
        const bool is_place = strncmp(at, "{}", 2) == 0;
        if (is_place)
            fputs(size, out);
        else
            putc(*at, out);
        at += is_place ? 2 : 1;
    }
    if (fclose(out) == 0)
        return result;
    free(result);
    return NULL;
}

static void free_arguments(char **arguments) {
    for (char **at = arguments; at != NULL && *at != NULL; at++)
        free(*at);
    free(arguments);
}

static char **make_arguments(char **argv, const char *size) {
    size_t count = 0;
    while (argv[count] != NULL)
        count++;
    char **arguments = calloc(count + 1, sizeof(*arguments));
    for (size_t i = 0; arguments != NULL && i < count; i++) {
        arguments[i] = replace(argv[i], size);
        if (arguments[i] == NULL) {
            free_arguments(arguments);
            return NULL;
        }
    }
    return arguments;
}

/* --- the profiles ----------------------------------------------------------------------------- */

/* Whether a file is a main profile: "4711.pb.gz", not "4711.cpu.pb.gz". */
static bool is_profile(const char *name) {
    const size_t digits = strspn(name, "0123456789");
    return digits > 0 && strcmp(name + digits, ".pb.gz") == 0;
}

static int add_profile(const void *merge, struct profile *profile, struct error *error) {
    return profile_merge_add(*(struct profile_merge *const *)merge, profile, error);
}

/* Removes all files in the directory. If `merge` is given, adds up the profiles first. */
static int take_profiles(struct profile_merge *merge, const char *directory, struct error *error) {
    DIR *files = opendir(directory);
    int result = 0;
    if (files == NULL)
        return error_set_errno(error, "cannot read %s", directory);
    for (struct dirent *file; (file = readdir(files)) != NULL;) {
        char path[PATH_MAX];
        if (file->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", directory, file->d_name);
        if (result == 0 && merge != NULL && is_profile(file->d_name))
            result = source_use(path, NULL, &(struct build_options){0}, add_profile, &merge, error);
        unlink(path);
    }
    closedir(files);
    return result;
}

static struct profile *read_run(const char *directory, const char *program, struct error *error) {
    struct profile_merge *merge = profile_merge_new(error);
    if (merge == NULL)
        return NULL;
    const int result = take_profiles(merge, directory, error);
    struct profile *profile = profile_merge_end(merge);
    if (result != 0) {
        profile_free(profile);
        return NULL;
    }
    if (profile == NULL)
        error_set(error,
                  "%s wrote no profile: it is not instrumented, or not linked with -lcinstr; see "
                  "`cinstr cc --help`",
                  program);
    return profile;
}

/* --- the runs --------------------------------------------------------------------------------- */

static int spawn_quietly(char **arguments, int *status, struct error *error) {
    posix_spawn_file_actions_t files;
    pid_t pid;
    int failure = posix_spawn_file_actions_init(&files);
    if (failure == 0) {
        posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
        failure = run_child(arguments, &files, &pid, status);
        posix_spawn_file_actions_destroy(&files);
    }
    errno = failure;
    return failure == 0 ? 0 : error_set_errno(error, "cannot run %s", arguments[0]);
}

static int run_once(char **argv, const char *size, struct error *error) {
    char **arguments = make_arguments(argv, size);
    int status = 0;
    if (arguments == NULL)
        return error_set(error, "out of memory");
    int result = spawn_quietly(arguments, &status, error);
    if (result == 0 && WIFSIGNALED(status))
        result =
            error_set(error, "%s died of signal %d at size %s", argv[0], WTERMSIG(status), size);
    else if (result == 0 && WEXITSTATUS(status) != 0)
        result = error_set(error, "%s failed at size %s, with status %d", argv[0], size,
                           WEXITSTATUS(status));
    free_arguments(arguments);
    return result;
}

static int tell_recorder(const char *directory, struct error *error) {
    struct run_options options;
    char output[PATH_MAX + 16];
    if (run_options_init(&options, error) != 0)
        return -1;
    snprintf(output, sizeof(output), "%s/%%p.pb.gz", directory);
    if (run_options_add(&options, "output", output, error) != 0)
        return -1;
    return setenv("CINSTR_OPTIONS", options.text, 1) == 0
               ? 0
               : error_set_errno(error, "cannot prepare the run");
}

int growth_run(struct growth *growth, char *const *texts, char **argv, struct error *error) {
    const char *place = getenv("TMPDIR");
    char directory[PATH_MAX];
    struct error ignored;
    snprintf(directory, sizeof(directory), "%s/cinstr-growth.XXXXXX",
             place == NULL || place[0] == '\0' ? "/tmp" : place);
    if (mkdtemp(directory) == NULL)
        return error_set_errno(error, "cannot make a directory like %s", directory);
    int result = tell_recorder(directory, error);
    for (uint32_t i = 0; result == 0 && i < growth->size_count; i++) {
        result = run_once(argv, texts[i], error);
        growth->profiles[i] = result == 0 ? read_run(directory, argv[0], error) : NULL;
        if (growth->profiles[i] == NULL)
            result = -1;
    }
    take_profiles(NULL, directory, &ignored);
    rmdir(directory);
    return result;
}
