/* SPDX-License-Identifier: MIT */
/* The segment that cinstr-writer is given. */
#ifndef CINSTR_READER_WRITER_INPUT_H
#define CINSTR_READER_WRITER_INPUT_H

#include "reader/base/error.h"
#include "reader/snapshot/snapshot.h"

/* Reads a segment's file, or the parts that arrive through a pipe (cinstr/writer.h). NULL with
 * `error` filled. */
struct snapshot *writer_input_read(int fd, struct error *error);

#endif
