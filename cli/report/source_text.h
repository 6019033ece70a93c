/* SPDX-License-Identifier: MIT */
/*
 * Finds and reads source files that a profile names. The names are untrusted: what is read is a
 * regular file of a limited size, and is text only for whoever prints it. Called by the report.
 */
#ifndef CINSTR_CLI_SOURCE_TEXT_H
#define CINSTR_CLI_SOURCE_TEXT_H

#include <linux/limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "reader/base/error.h"

struct source_paths {
    const char **directories; /* where to look first */
    uint32_t count;
};

/* Adds one. The text has to live as long. -1 with `error` filled. */
int source_paths_add(struct source_paths *paths, const char *directory, struct error *error);
void source_paths_free(struct source_paths *paths);

struct source_text {
    char path[PATH_MAX];
    char *text;   /* lines end with a NUL each; NULL: not found */
    char **lines; /* lines[0] is line 1 */
    uint32_t count;
    int64_t changed_ns; /* when the file changed last, UTC */
};

/* Looks for `file` below each of `paths`, by all of its path or the end of it, then where it says,
 * then in the same way beside `program`. False: not found, or out of memory. */
bool source_text_read(struct source_text *source, const char *file, const char *program,
                      const struct source_paths *paths);
void source_text_free(struct source_text *source);

/* A line of it, from 1; NULL where there is none. */
const char *source_text_line(const struct source_text *source, uint32_t line);

#endif
