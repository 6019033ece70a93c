/* SPDX-License-Identifier: MIT */
/*
 * The file that a command writes: made or replaced as a whole when it is complete, so that nobody
 * reads half of one and a failure leaves the old one; or standard output.
 */
#ifndef CINSTR_CLI_OUTPUT_FILE_H
#define CINSTR_CLI_OUTPUT_FILE_H

#include <cinstr/whole_file.h>

#include "reader/base/error.h"

struct output_file {
    int fd;
    const char *path; /* for messages; the caller's */
    struct whole_file whole;
};

/* "-" is standard output, which must not be a terminal. `path` has to outlive the file. */
int output_file_open(struct output_file *file, const char *path, struct error *error);

/* Closes it and puts it in its place. */
int output_file_finish(struct output_file *file, struct error *error);

/* Closes it and takes back what was written. */
void output_file_discard(struct output_file *file);

/* All of that in one: what `write` makes of `what`. -1 with `error` filled and nothing left. `file`
 * has the path, for messages. */
typedef int output_file_writer(const void *what, int fd, struct error *error);
int output_file_write(struct output_file *file, const char *path, output_file_writer *write,
                      const void *what, struct error *error);

/* The same of what prints to a stream. */
typedef int output_file_printer(FILE *out, const void *what, struct error *error);
int output_file_print(const char *path, output_file_printer *print, const void *what,
                      struct error *error);

/* A writer: a profile, as pprof. */
int output_file_pprof(const void *profile, int fd, struct error *error);

#endif
