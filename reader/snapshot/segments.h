/* SPDX-License-Identifier: MIT */
/*
 * Which segments there are, of processes that run and of those that have died. Called by whatever
 * takes a process by its pid or name. Headers are read and checked like any other input; what is
 * found is never changed, but by segments_remove().
 */
#ifndef CINSTR_READER_SEGMENTS_H
#define CINSTR_READER_SEGMENTS_H

#include <stddef.h>

#include <cinstr/segment.h>

#include "liveness.h"
#include "reader/base/error.h"

struct segments_entry {
    char *path;
    char *problem;                /* why it cannot be read, one line; NULL: it can */
    struct segment_header header; /* checked, strings NUL-terminated; all zero with a problem */
    enum liveness liveness;
};

struct segments {
    struct segments_entry *entries; /* oldest first */
    size_t count, capacity;
};

/* Where the recorder puts segments: in `directory` alone if it is not NULL; else in the directory
 * that CINSTR_OPTIONS names and the recorder's own choices, as far as they are this user's. */
int segments_find(struct segments *segments, const char *directory, struct error *error);
void segments_free(struct segments *segments);

/* The segment of a process, or of the one that runs (else the one that has ended) of a program.
 * NULL with `error` filled: there is none, or several and `error` lists them. A process is never
 * mistaken for an earlier one that had its pid. */
const struct segments_entry *segments_by_pid(const struct segments *segments, uint32_t pid,
                                             struct error *error);
const struct segments_entry *segments_by_program(const struct segments *segments,
                                                 const char *program, struct error *error);

/* "running", "exited", "killed or crashed", ... */
const char *segments_state(const struct segments_entry *entry);

/* Whether its process has surely ended, so that nothing will ever be added. */
bool segments_has_ended(const struct segments_entry *entry);

/* Deletes the file of a segment whose process has surely ended, and what trace= has drained of it,
 * unless a process that may be there writes to that as well. 0, or -1 with `error` filled. */
int segments_remove(const struct segments *segments, const struct segments_entry *entry,
                    struct error *error);

#endif
