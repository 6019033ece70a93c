/* SPDX-License-Identifier: MIT */
/*
 * Where a process's profiles go: what a pattern stands for, and whose files are in its way.
 */
#ifndef CINSTR_READER_WRITER_FILE_H
#define CINSTR_READER_WRITER_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/writer.h>

#include "reader/base/error.h"
#include "reader/snapshot/snapshot.h"

/* Of one process: the numbers that tell it from others of its pid are the same in all its names. */
struct writer_names {
    const struct segment_header *header;
    uint32_t namesake; /* 0, or how many files of another process of its number were found */
};

struct writer_request {
    const char *kind;
    enum writer_how how;
    const char *name;
};

/* The file that a name stands for, which is given in one of the ways of cinstr/writer.h. False:
 * what is wrong is in `error`. */
bool writer_name(const struct writer_names *names, const struct writer_request *request, char *path,
                 size_t size, struct error *error);

/* Writes that file. -1 with `error` filled. */
int writer_file(struct writer_names *names, const struct writer_request *request,
                const struct snapshot *snapshot, struct error *error);

#endif
