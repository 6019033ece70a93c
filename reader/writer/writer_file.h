/* SPDX-License-Identifier: MIT */
/*
 * Where a process's profiles go: the name that a pattern stands for, and what happens to files that
 * exist.
 */
#ifndef CINSTR_READER_WRITER_FILE_H
#define CINSTR_READER_WRITER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/writer.h>

#include "reader/base/error.h"
#include "reader/snapshot/snapshot.h"

/* The file names of one process. The number that tells it from others of the same pid is the same
 * in all of them. */
struct writer_names {
    const struct segment_header *header;
    uint32_t namesake; /* 0, or how many files of other processes of this pid were found */
};

struct writer_request {
    const char *kind;
    enum writer_how how;
    const char *name;
};

/* The file that a name stands for; `how` is one of the letters of cinstr/writer.h. False with
 * `error` filled. */
bool writer_name(const struct writer_names *names, const struct writer_request *request, char *path,
                 size_t size, struct error *error);

/* Writes the file. -1 with `error` filled. */
int writer_file(struct writer_names *names, const struct writer_request *request,
                const struct snapshot *snapshot, struct error *error);

#endif
