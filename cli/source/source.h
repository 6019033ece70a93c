/* SPDX-License-Identifier: MIT */
/*
 * What SOURCE means, the same for every command: a profile (pprof), a segment, a process by its
 * pid, or a program by its name. It is opened once, so that it stays readable if its file is
 * deleted, as a segment is when its process ends.
 */
#ifndef CINSTR_CLI_SOURCE_H
#define CINSTR_CLI_SOURCE_H

#include <linux/limits.h>
#include <stdbool.h>

#include "reader/base/error.h"
#include "reader/build/build_profile.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

/* A paragraph for the help of commands that take a SOURCE. */
#define SOURCE_HELP                                                                                \
    "SOURCE is the file of a profile or segment, the pid of a process, or the name\n"              \
    "of a program (of the process that runs, else of one that ended without a\n"                   \
    "profile). \"-\" is a profile on standard input, ./4711 a file of that name.\n"

struct source {
    int fd;
    bool is_segment;
    char name[PATH_MAX]; /* the file's path, for messages */
};

/* `directory`: look for segments only there; NULL: in the usual places. */
int source_open(struct source *source, const char *text, const char *directory,
                struct error *error);
void source_close(struct source *source);

/* A snapshot taken now. When the source is a profile, an error that names `command`. */
struct snapshot *source_snapshot(const struct source *source, const char *command,
                                 struct error *error);

/* The profile in the file, or one built from the segment. `options` apply to segments: the times
 * of a profile are fixed, and asking for others is an error. */
struct profile *source_profile(const struct source *source, const struct build_options *options,
                               struct error *error);

/* Opens the profile of the source `text`, calls `use` with it, closes it and returns the result. -1
 * with `error` filled, which names the source. */
typedef int source_user(const void *context, struct profile *profile, struct error *error);
int source_use(const char *text, const char *directory, const struct build_options *options,
               source_user *use, const void *context, struct error *error);

#endif
