/* SPDX-License-Identifier: MIT */
/*
 * gzip for pprof files, by zlib: deflating into a file descriptor as the writer goes along, and
 * inflating a whole file in memory within a limit. Used by pprof_write.c and pprof_read.c.
 */
#ifndef CINSTR_READER_PPROF_GZIP_H
#define CINSTR_READER_PPROF_GZIP_H

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#include "reader/base/error.h"

struct pprof_deflater {
    z_stream stream;
    int fd;
    unsigned char output[1 << 16];
};

int pprof_deflate_begin(struct pprof_deflater *deflater, int fd, struct error *error);
int pprof_deflate(struct pprof_deflater *deflater, const void *data, size_t size,
                  struct error *error);

/* Writes the end of the stream. */
int pprof_deflate_finish(struct pprof_deflater *deflater, struct error *error);

/* Frees what begin allocated, finished or not. */
void pprof_deflate_end(struct pprof_deflater *deflater);

/* All members of a gzip file, in a block that the caller frees. NULL with `error` filled, also when
 * more than `limit` bytes would come out. */
uint8_t *pprof_inflate(const uint8_t *data, size_t size, size_t limit, size_t *inflated_size,
                       struct error *error);

#endif
