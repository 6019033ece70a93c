/* SPDX-License-Identifier: MIT */
/*
 * Where a snapshot's bytes come from: a file, or memory. Called by snapshot*.c alone.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "snapshot_copy.h"

int snapshot_read(const struct snapshot_source *source, uint64_t offset, void *to, uint64_t size,
                  struct error *error) {
    unsigned char *at = to;
    if (offset > source->size || size > source->size - offset)
        return error_set(error, "%s: cut off: it lacks %llu bytes at %llu", source->name,
                         (unsigned long long)size, (unsigned long long)offset);
    if (source->memory != NULL) {
        if (size != 0)
            memcpy(to, source->memory + offset, size);
        return 0;
    }
    while (size != 0) {
        ssize_t got = pread(source->fd, at, size, (off_t)offset);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set_errno(error, "cannot read %s", source->name);
        if (got == 0)
            return error_set(error, "%s: was cut off while it was read", source->name);
        at += got;
        offset += (uint64_t)got;
        size -= (uint64_t)got;
    }
    return 0;
}

void *snapshot_read_array(const struct snapshot_source *source, uint64_t offset, uint64_t count,
                          size_t element_size, size_t stride, struct error *error) {
    unsigned char *raw = reallocarray(NULL, count + 1, stride);
    if (raw == NULL) {
        error_set(error, "%s: out of memory", source->name);
        return NULL;
    }
    if (snapshot_read(source, offset, raw, count * stride, error) != 0) {
        free(raw);
        return NULL;
    }
    for (uint64_t i = 1; stride != element_size && i < count; i++)
        memmove(raw + i * element_size, raw + i * stride, element_size);
    return raw;
}
