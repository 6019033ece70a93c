/* SPDX-License-Identifier: MIT */
/*
 * The file that a command writes. It is created, or replaces an old one, when it is complete, so
 * that nobody reads half a file and a failure leaves the old one. Or standard output.
 */
#ifndef CINSTR_CLI_OUTPUT_FILE_H
#define CINSTR_CLI_OUTPUT_FILE_H

#include <cinstr/whole_file.h>

#include "reader/base/error.h"

struct output_file {
    int fd;
    const char *path; /* for messages; belongs to the caller */
    struct whole_file whole;
};

/* "-" is standard output, which must not be a terminal. `path` has to live longer than the file. */
int output_file_open(struct output_file *file, const char *path, struct error *error);

/* Closes the file and puts it in its place. */
int output_file_finish(struct output_file *file, struct error *error);

/* Closes the file and discards what was written. */
void output_file_discard(struct output_file *file);

/* Opens a file, lets `write` write `what` into it and finishes it. -1 with `error` filled and no
 * file left behind. `file` has the path, for messages. */
typedef int output_file_writer(const void *what, int fd, struct error *error);
int output_file_write(struct output_file *file, const char *path, output_file_writer *write,
                      const void *what, struct error *error);

/* The same for a function that prints to a stream. */
typedef int output_file_printer(FILE *out, const void *what, struct error *error);
int output_file_print(const char *path, output_file_printer *print, const void *what,
                      struct error *error);

/* Writes a profile, as pprof. Can be passed to output_file_write(). */
int output_file_pprof(const void *profile, int fd, struct error *error);

#endif
