/* SPDX-License-Identifier: MIT */
/*
 * Reads pprof files (see profile.h for the limits). Called by the command for every profile that it
 * is given. Reads the file, inflates it if it is gzip'd, and puts the file's name in front of an
 * error.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pprof_gzip.h"
#include "pprof_parse.h"
#include "reader/profile/profile.h"

static const size_t file_limit = (size_t)1 << 30;
static const size_t least_inflated_limit = (size_t)256 << 20;
static const size_t most_inflated_limit = (size_t)8 << 30;
static const size_t least_memory_limit = (size_t)2 << 30;
static const size_t growth = 64; /* times its size a file may inflate, or take memory */

static size_t inflated_limit(size_t size) {
    if (size >= most_inflated_limit / growth)
        return most_inflated_limit;
    return size * growth > least_inflated_limit ? size * growth : least_inflated_limit;
}

static struct profile *parse_gzip(const uint8_t *data, size_t size, struct error *error) {
    size_t inflated_size = 0;
    uint8_t *inflated = pprof_inflate(data, size, inflated_limit(size), &inflated_size, error);
    if (inflated == NULL)
        return NULL;
    struct profile *profile = NULL;
    if (inflated_size == 0)
        error_set(error, "holds no profile: it inflates to nothing");
    else
        profile = pprof_parse(inflated, inflated_size, least_memory_limit + growth * size, error);
    free(inflated);
    return profile;
}

struct profile *profile_parse_pprof(const void *data, size_t size, const char *name,
                                    struct error *error) {
    const uint8_t *bytes = data;
    struct profile *profile = NULL;
    if (size == 0)
        error_set(error, "an empty file");
    else if (size > file_limit)
        error_set(error, "larger than the %zu MiB that are read", file_limit >> 20);
    else if (size >= 2 && bytes[0] == 0x1f && bytes[1] == 0x8b)
        profile = parse_gzip(bytes, size, error);
    else
        profile = pprof_parse(bytes, size, least_memory_limit + growth * size, error);
    if (profile == NULL)
        error_prefix(error, "%s", name);
    return profile;
}

/* Reads at most one byte more than the limit, which is enough to see that there is too much. */
static int read_all(int fd, uint8_t **data, size_t *size, struct error *error) {
    size_t capacity = 0;
    for (;;) {
        if (*size == capacity) {
            capacity = capacity == 0 ? (size_t)1 << 16 : capacity * 2;
            uint8_t *grown = realloc(*data, capacity);
            if (grown == NULL)
                return error_set_errno(error, "cannot read it");
            *data = grown;
        }
        size_t room = capacity - *size;
        if (*size <= file_limit && room > file_limit + 1 - *size)
            room = file_limit + 1 - *size;
        ssize_t count = read(fd, *data + *size, room);
        if (count < 0 && errno != EINTR)
            return error_set_errno(error, "cannot read it");
        if (count > 0)
            *size += (size_t)count;
        if (count == 0 || *size > file_limit)
            return 0;
    }
}

struct profile *profile_read_pprof(int fd, const char *name, struct error *error) {
    uint8_t *data = NULL;
    size_t size = 0;
    struct profile *profile = NULL;
    if (read_all(fd, &data, &size, error) != 0)
        error_prefix(error, "%s", name);
    else
        profile = profile_parse_pprof(data, size, name, error);
    free(data);
    return profile;
}
