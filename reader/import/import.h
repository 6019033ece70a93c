/* SPDX-License-Identifier: MIT */
/*
 * Other profilers' files become profiles: one import_FORMAT.c and one row in import.c each. Called
 * by the import command. Files are untrusted: a bad one is an error that says where.
 */
#ifndef CINSTR_READER_IMPORT_H
#define CINSTR_READER_IMPORT_H

#include <stddef.h>

#include "reader/base/error.h"
#include "reader/profile/profile.h"

struct import_options {
    const char *format; /* NULL: as the file looks */
    const char *binary; /* whose addresses these are, where the file does not say; NULL unknown */
};

/* `name` is for messages. NULL with `error` filled. */
struct profile *import_profile(const void *data, size_t size, const char *name,
                               const struct import_options *options, struct error *error);

/* The formats' names, NULL at the end. */
const char *import_format(size_t index);

#endif
