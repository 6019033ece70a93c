/* SPDX-License-Identifier: MIT */
/*
 * What SOURCE means, to every command alike: a profile (pprof), a segment, a process by its pid, or
 * a program by its name. Opened once: what it stands for stays readable though its file be deleted,
 * as a segment is when its process ends.
 */
#ifndef CINSTR_CLI_SOURCE_H
#define CINSTR_CLI_SOURCE_H

#include <linux/limits.h>
#include <stdbool.h>

#include "reader/base/error.h"
#include "reader/build/build_profile.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"

/* For the help of the commands that take one. */
#define SOURCE_HELP                                                                                \
    "SOURCE is the file of a profile or segment, the pid of a process, or the name\n"              \
    "of a program (of the process that runs, else of one that ended without a\n"                   \
    "profile). \"-\" is a profile on standard input, ./4711 a file of that name.\n"

struct source {
    int fd;
    bool is_segment;
    char name[PATH_MAX]; /* of the file, for messages */
};

/* `directory`: look for segments there alone; NULL the usual places. */
int source_open(struct source *source, const char *text, const char *directory,
                struct error *error);
void source_close(struct source *source);

/* A snapshot of now; an error that names `command` when the source is a profile. */
struct snapshot *source_snapshot(const struct source *source, const char *command,
                                 struct error *error);

/* The profile that the file holds, or one built of the segment. `options` are for segments: a
 * profile's times are settled, and an error when it is asked for others. */
struct profile *source_profile(const struct source *source, const struct build_options *options,
                               struct error *error);

/* What `use` makes of the profile of the source of that name, which is closed behind it. -1 with
 * `error` filled, which names the source. */
typedef int source_user(const void *context, struct profile *profile, struct error *error);
int source_use(const char *text, const char *directory, const struct build_options *options,
               source_user *use, const void *context, struct error *error);

#endif
