/* SPDX-License-Identifier: MIT */
/*
 * Turns other profilers' files into profiles: each format is an import_FORMAT.c and a row in
 * import.c. Called by the import command. Files are untrusted: a bad one is an error that says
 * where.
 */
#ifndef CINSTR_READER_IMPORT_H
#define CINSTR_READER_IMPORT_H

#include <stddef.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"

struct import_options {
    const char *format; /* NULL: decide by the file's contents */
    const char *binary; /* the program, if the file does not name it; NULL unknown */
};

/* `name` is for messages. NULL with `error` filled. */
struct profile *import_profile(const void *data, size_t size, const char *name,
                               const struct import_options *options, struct error *error);

/* The names of the formats, ending with a NULL. */
const char *import_format(size_t index);

#endif
