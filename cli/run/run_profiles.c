/* SPDX-License-Identifier: MIT */
/* See run_profiles.h. */
#include "run_profiles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* In the pattern %p is a number and %e and %h may be anything; the rest stands for itself. */
static char *glob_pattern(const char *output) {
    char *pattern = malloc(strlen(output) * 6 + 1), *to = pattern;
    for (; pattern != NULL && *output != '\0'; output++) {
        if (*output == '%' && output[1] != '\0') {
            output++;
            to = stpcpy(to, *output == 'p' ? "[0-9]*" : *output == '%' ? "%" : "*");
        } else {
            if (strchr("*?[\\", *output) != NULL)
                *to++ = '\\';
            *to++ = *output;
        }
    }
    if (pattern != NULL)
        *to = '\0';
    return pattern;
}

/* Completes the name as the recorder does. */
static char *name_beside(const char *output, const char *kind) {
    static const char ending[] = ".pb.gz";
    const size_t length = strlen(output), tail = sizeof(ending) - 1;
    const bool has_ending = length > tail && strcmp(output + length - tail, ending) == 0;
    char *name;
    return asprintf(&name, "%.*s.%s%s", (int)(length - (has_ending ? tail : 0)), output, kind,
                    has_ending ? ending : "") < 0
               ? NULL
               : name;
}

static int compare_paths(const void *left, const void *right) {
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static bool list(struct run_profiles *profiles) {
    profiles->files = (glob_t){0};
    for (size_t i = 0; i < profiles->pattern_count; i++) {
        const int result =
            glob(profiles->patterns[i], i == 0 ? 0 : GLOB_APPEND, NULL, &profiles->files);
        if (result != 0 && result != GLOB_NOMATCH)
            return false;
    }
    if (profiles->files.gl_pathc != 0)
        qsort(profiles->files.gl_pathv, profiles->files.gl_pathc, sizeof(char *), compare_paths);
    profiles->details = calloc(profiles->files.gl_pathc + 1, sizeof(*profiles->details));
    for (size_t i = 0; profiles->details != NULL && i < profiles->files.gl_pathc; i++)
        stat(profiles->files.gl_pathv[i], &profiles->details[i]);
    return profiles->details != NULL;
}

static bool add(struct run_profiles *profiles, const char *name) {
    char *pattern = name == NULL ? NULL : glob_pattern(name);
    if (pattern != NULL)
        profiles->patterns[profiles->pattern_count++] = pattern;
    return pattern != NULL;
}

bool run_profiles_note(struct run_profiles *before, const char *output,
                       const char *const files[RUN_PROFILES_FILES]) {
    static const char *const kinds[] = {"cpu", "wall", "heap", "block", "mutex"};
    *before = (struct run_profiles){.details = NULL};
    bool is_fine = add(before, output);
    for (size_t i = 0; is_fine && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        char *beside = name_beside(output, kinds[i]);
        is_fine = add(before, beside);
        free(beside);
    }
    for (size_t i = 0; is_fine && i < RUN_PROFILES_FILES; i++)
        is_fine = files[i][0] == '\0' || add(before, files[i]);
    return is_fine && list(before);
}

static bool was_there(const struct run_profiles *before, char *path, const struct stat *now) {
    if (before->files.gl_pathc == 0)
        return false;
    char **found =
        bsearch(&path, before->files.gl_pathv, before->files.gl_pathc, sizeof(path), compare_paths);
    if (found == NULL)
        return false;
    const struct stat *then = &before->details[found - before->files.gl_pathv];
    return then->st_ino == now->st_ino && then->st_mtim.tv_sec == now->st_mtim.tv_sec &&
           then->st_mtim.tv_nsec == now->st_mtim.tv_nsec;
}

/* Whether it is a file that is still being written. */
static bool is_part(const char *path) {
    const size_t length = strlen(path);
    return length > 5 && strcmp(path + length - 5, ".part") == 0;
}

size_t run_profiles_new(const struct run_profiles *before,
                        void (*tell)(const char *path, size_t index)) {
    struct run_profiles now = *before;
    size_t count = 0;
    if (list(&now)) {
        for (size_t i = 0; i < now.files.gl_pathc; i++) {
            char *path = now.files.gl_pathv[i];
            const bool is_repeated = i > 0 && strcmp(path, now.files.gl_pathv[i - 1]) == 0;
            if (is_repeated || is_part(path) || was_there(before, path, &now.details[i]))
                continue;
            tell(path, count++);
        }
    }
    now.pattern_count = 0; /* the patterns belong to `before` */
    run_profiles_free(&now);
    return count;
}

void run_profiles_free(struct run_profiles *profiles) {
    globfree(&profiles->files);
    free(profiles->details);
    for (size_t i = 0; i < profiles->pattern_count; i++)
        free(profiles->patterns[i]);
}
