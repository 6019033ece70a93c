/* SPDX-License-Identifier: MIT */
/* Writes a profile, or the trace, of a snapshot. */
#ifndef CINSTR_READER_WRITER_KIND_H
#define CINSTR_READER_WRITER_KIND_H

#include <stdbool.h>

#include "reader/base/error.h"
#include "reader/snapshot/snapshot.h"

bool writer_kind_is_trace(const char *kind);
/* Writes the kind, one of those in cinstr/writer.h, to `fd`. -1 with `error` filled. */
int writer_kind_write(const struct snapshot *snapshot, const char *kind, int fd,
                      struct error *error);

#endif
