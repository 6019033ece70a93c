/* SPDX-License-Identifier: MIT */
/*
 * Source paths (see symbols_paths.h). Called by symbols_definition.c. Changes the text alone and
 * never asks the disk: the files need not be on this machine.
 */
#include "symbols_paths.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Out of memory is told, not by exit(). */
#define uthash_nonfatal_oom 1
#define uthash_oom(entry)   ((entry)->is_lost = true)
#include <uthash.h>

struct path {
    UT_hash_handle hh;
    bool is_lost;
    char text[];
};

/* Takes "//" and "/./" out. "/../" stays: what is before it may be a link. */
static size_t tidy(char *path, size_t size) {
    size_t kept = 0;

    for (size_t i = 0; i < size; i++) {
        while (path[i] == '/' && path[i + 1] == '.' && path[i + 2] == '/')
            i += 2;
        if (path[i] != '/' || kept == 0 || path[kept - 1] != '/')
            path[kept++] = path[i];
    }
    path[kept] = '\0';
    return kept;
}

const char *paths_intern(struct paths *paths, const char *directory, const char *name) {
    struct path *path = NULL, *known = NULL;
    const bool is_whole = name == NULL || name[0] == '/' || directory == NULL;
    size_t size;

    if (name == NULL || name[0] == '\0')
        return "";
    size = strlen(name) + (is_whole ? 0 : strlen(directory) + 1);
    path = profile_arena_take(&paths->arena, sizeof(*path) + size + 1);
    if (path == NULL)
        return "";
    path->is_lost = false;
    snprintf(path->text, size + 1, "%s%s%s", is_whole ? "" : directory, is_whole ? "" : "/", name);
    const size_t length = tidy(path->text, size);
    HASH_FIND(hh, paths->known, path->text, length, known);
    if (known == NULL)
        HASH_ADD(hh, paths->known, text[0], length, path);
    if (known != NULL || path->is_lost)
        profile_arena_undo(&paths->arena, path, sizeof(*path) + size + 1);
    if (known != NULL)
        return known->text;
    return path->is_lost ? "" : path->text;
}

void paths_free(struct paths *paths) {
    HASH_CLEAR(hh, paths->known);
    profile_arena_free(&paths->arena);
}
