/* SPDX-License-Identifier: MIT */
/*
 * The door through which the recorder reaches the reader library at exit (libcinstr_reader.so.0,
 * loaded only then) and through which any program may turn a segment in memory into a profile file.
 */
#ifndef CINSTR_READER_H
#define CINSTR_READER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Writes the profile of the segment at `segment` (`size` bytes) as gzip'd pprof to `fd`. `kind` is
 * "exact", "edges", "cpu" or "wall". Returns 0; or -1 with one line, without a newline, in
 * `message`. Thread-safe; not signal-safe. */
int cinstr_reader_write_profile(const void *segment, size_t size, const char *kind, int fd,
                                char *message, size_t message_size);

#ifdef __cplusplus
}
#endif
#endif
