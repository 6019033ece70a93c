/* SPDX-License-Identifier: MIT */
/*
 * Deflates a pprof file into a file descriptor while it is made (see pprof_gzip.h). Called by
 * pprof_write.c. Holds one buffer, never the file; the bytes depend on the data alone.
 */
#include "pprof_gzip.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* The profiled program waits for this at its exit. A million stacks some 35 frames deep (100 MB)
 * were packed and deflated in 0.53 s at level 1; zlib's usual 6 took 0.85 s to save 6 % of the
 * file. */
static const int level = 1;
static const int gzip_window = 15 + 16;
static const int memory_level = 8;

static int write_all(int fd, const unsigned char *data, size_t size, struct error *error) {
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written >= 0) {
            data += written;
            size -= (size_t)written;
        } else if (errno == EAGAIN) {
            struct pollfd ready = {.fd = fd, .events = POLLOUT};
            if (poll(&ready, 1, -1) < 0 && errno != EINTR)
                return error_set_errno(error, "cannot write the profile");
        } else if (errno != EINTR) {
            return error_set_errno(error, "cannot write the profile");
        }
    }
    return 0;
}

int pprof_deflate_begin(struct pprof_deflater *deflater, int fd, struct error *error) {
    deflater->fd = fd;
    deflater->stream = (z_stream){0};
    int status = deflateInit2(&deflater->stream, level, Z_DEFLATED, gzip_window, memory_level,
                              Z_DEFAULT_STRATEGY);
    if (status != Z_OK)
        return error_set(error, "cannot compress the profile: %s", zError(status));
    return 0;
}

static int run(struct pprof_deflater *deflater, int flush, struct error *error) {
    z_stream *stream = &deflater->stream;
    int status;
    do {
        stream->next_out = deflater->output;
        stream->avail_out = sizeof(deflater->output);
        status = deflate(stream, flush);
        if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR)
            return error_set(error, "cannot compress the profile: %s", zError(status));
        size_t made = sizeof(deflater->output) - stream->avail_out;
        if (write_all(deflater->fd, deflater->output, made, error) != 0)
            return -1;
    } while (stream->avail_out == 0 || (flush == Z_FINISH && status != Z_STREAM_END));
    return 0;
}

int pprof_deflate(struct pprof_deflater *deflater, const void *data, size_t size,
                  struct error *error) {
    const size_t piece = (size_t)1 << 30; /* zlib counts in unsigned int */
    const unsigned char *next = data;
    while (size > 0) {
        size_t now = size < piece ? size : piece;
        deflater->stream.next_in = (unsigned char *)(uintptr_t)next;
        deflater->stream.avail_in = (unsigned)now;
        if (run(deflater, Z_NO_FLUSH, error) != 0)
            return -1;
        next += now;
        size -= now;
    }
    return 0;
}

int pprof_deflate_finish(struct pprof_deflater *deflater, struct error *error) {
    deflater->stream.next_in = NULL;
    deflater->stream.avail_in = 0;
    return run(deflater, Z_FINISH, error);
}

void pprof_deflate_end(struct pprof_deflater *deflater) {
    deflateEnd(&deflater->stream);
}
