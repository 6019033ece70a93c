/* SPDX-License-Identifier: MIT */
/*
 * Inflates a gzip'd pprof file in memory (see pprof_gzip.h). Called by pprof_read.c on untrusted
 * files: never yields more than the limit, and takes memory only for what really comes out.
 */
#include "pprof_gzip.h"

#include <stdlib.h>

static const int gzip_window = 15 + 16;
static const size_t first_capacity = (size_t)64 << 10;

struct inflater {
    z_stream stream;
    const uint8_t *next; /* input that the stream has not been given yet */
    size_t left;
    uint8_t *output;
    size_t size, capacity, limit;
};

/* Makes room for more output, up to the limit. */
static int grow(struct inflater *inflater, struct error *error) {
    if (inflater->size < inflater->capacity)
        return 0;
    if (inflater->size == inflater->limit)
        return error_set(error, "inflates to %zu MiB or more, which no profile of its size does",
                         inflater->limit >> 20);
    size_t wanted = inflater->capacity == 0 ? first_capacity : inflater->capacity * 2;
    if (wanted > inflater->limit)
        wanted = inflater->limit;
    uint8_t *grown = realloc(inflater->output, wanted);
    if (grown == NULL)
        return error_set_errno(error, "cannot inflate");
    inflater->output = grown;
    inflater->capacity = wanted;
    return 0;
}

static void feed(struct inflater *inflater) {
    const size_t piece = (size_t)1 << 30; /* zlib counts in unsigned int */
    z_stream *stream = &inflater->stream;
    if (stream->avail_in != 0)
        return;
    size_t now = inflater->left < piece ? inflater->left : piece;
    stream->next_in = (uint8_t *)(uintptr_t)inflater->next;
    stream->avail_in = (unsigned)now;
    inflater->next += now;
    inflater->left -= now;
}

/* One step. 1: the member ended, 0: it continues, -1: error. */
static int step(struct inflater *inflater, struct error *error) {
    z_stream *stream = &inflater->stream;
    if (grow(inflater, error) != 0)
        return -1;
    feed(inflater);
    size_t room = inflater->capacity - inflater->size;
    unsigned given = room < UINT32_MAX ? (unsigned)room : UINT32_MAX;
    stream->next_out = inflater->output + inflater->size;
    stream->avail_out = given;
    int status = inflate(stream, Z_NO_FLUSH);
    inflater->size += given - stream->avail_out;
    if (status == Z_STREAM_END)
        return 1;
    if (status == Z_BUF_ERROR && stream->avail_in == 0 && inflater->left == 0)
        return error_set(error, "the gzip data end too early: the file is cut off");
    if (status == Z_OK || status == Z_BUF_ERROR)
        return 0;
    return error_set(error, "damaged gzip data: %s",
                     stream->msg != NULL ? stream->msg : zError(status));
}

static int inflate_members(struct inflater *inflater, struct error *error) {
    for (;;) {
        int ended = step(inflater, error);
        if (ended < 0)
            return -1;
        if (ended == 0)
            continue;
        if (inflater->stream.avail_in == 0 && inflater->left == 0)
            return 0;
        inflateReset(&inflater->stream);
    }
}

uint8_t *pprof_inflate(const uint8_t *data, size_t size, size_t limit, size_t *inflated_size,
                       struct error *error) {
    struct inflater inflater = {.next = data, .left = size, .limit = limit};
    int status = inflateInit2(&inflater.stream, gzip_window);
    if (status != Z_OK) {
        error_set(error, "cannot inflate: %s", zError(status));
        return NULL;
    }
    int result = inflate_members(&inflater, error);
    inflateEnd(&inflater.stream);
    if (result != 0) {
        free(inflater.output);
        return NULL;
    }
    *inflated_size = inflater.size;
    return inflater.output;
}
