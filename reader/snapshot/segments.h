/* SPDX-License-Identifier: MIT */
/*
 * Finds segments, of running processes and of those that have died. Called by whatever takes a
 * process by its pid or name. Headers are read and checked like any other input. Only
 * segments_remove() changes anything.
 */
#ifndef CINSTR_READER_SEGMENTS_H
#define CINSTR_READER_SEGMENTS_H

#include <stddef.h>

#include <cinstr/segment.h>

#include "liveness.h"
#include "reader/base/error.h"

struct segments_entry {
    char *path;
    char *problem;                /* why it cannot be read, one line; NULL: it can be */
    struct segment_header header; /* checked; all zero if there is a problem */
    enum liveness liveness;
};

struct segments {
    struct segments_entry *entries; /* oldest first */
    size_t count, capacity;
};

/* Looks where the recorder puts segments: in `directory` alone if it is not NULL; else in the
 * directory that CINSTR_OPTIONS names and in the recorder's usual ones, as far as they belong to
 * this user. */
int segments_find(struct segments *segments, const char *directory, struct error *error);
void segments_free(struct segments *segments);

/* The segment of a process, or of the running (else the ended) process of a program. NULL with
 * `error` filled: there is none, or `error` lists several. A process is never confused with an
 * earlier one of the same pid. */
const struct segments_entry *segments_by_pid(const struct segments *segments, uint32_t pid,
                                             struct error *error);
const struct segments_entry *segments_by_program(const struct segments *segments,
                                                 const char *program, struct error *error);

/* The state in words: "running", "exited", "killed or crashed", ... */
const char *segments_state(const struct segments_entry *entry);

/* Whether its process has certainly ended, so that nothing will be added. */
bool segments_has_ended(const struct segments_entry *entry);

/* Deletes the file of a segment whose process has certainly ended, and the trace that was
 * drained from it, unless a process that may exist writes to that file as well. 0, or -1 with
 * `error` filled. */
int segments_remove(const struct segments *segments, const struct segments_entry *entry,
                    struct error *error);

#endif
