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

#define HASH_NONFATAL_OOM 1 /* told by hh.tbl == NULL, not by exit() */
#include <uthash.h>

struct path {
    UT_hash_handle hh;
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

static const char *cut(struct paths *paths) {
    paths->is_cut = true;
    return "";
}

const char *paths_intern(struct paths *paths, const char *directory, const char *name) {
    struct path *path = NULL, *known = NULL;
    const bool is_whole = name == NULL || name[0] == '/' || directory == NULL;
    size_t size, length;
    if (name == NULL || name[0] == '\0')
        return "";
    size = strlen(name) + (is_whole ? 0 : strlen(directory) + 1);
    path = profile_arena_take(&paths->arena, sizeof(*path) + size + 1);
    if (path == NULL)
        return cut(paths);
    snprintf(path->text, size + 1, "%s%s%s", is_whole ? "" : directory, is_whole ? "" : "/", name);
    length = tidy(path->text, size);
    HASH_FIND(hh, paths->known, path->text, length, known);
    if (known == NULL) {
        HASH_ADD(hh, paths->known, text[0], length, path);
        known = path->hh.tbl == NULL ? NULL : path;
    }
    if (known != path)
        profile_arena_undo(&paths->arena, path, sizeof(*path) + size + 1);
    return known == NULL ? cut(paths) : known->text;
}

void paths_free(struct paths *paths) {
    HASH_CLEAR(hh, paths->known);
    profile_arena_free(&paths->arena);
}
