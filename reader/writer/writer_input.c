/* SPDX-License-Identifier: MIT */
/* See writer_input.h. Nothing of the input is trusted. */
#include "writer_input.h"

#include <cinstr/writer.h>

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME        "this process"
#define MOST_MEMORY (UINT64_C(1) << 44)

/* Less than `size` where the input ends; SIZE_MAX with errno set. */
static size_t read_whole(int fd, void *to, size_t size) {
    size_t done = 0;
    while (done < size) {
        const ssize_t got = read(fd, (char *)to + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return SIZE_MAX;
        if (got == 0)
            break;
        done += (size_t)got;
    }
    return done;
}

struct received {
    char *base; /* NULL: nothing yet */
    uint64_t size;
};

/* Pages take memory only when they are written. */
static int make_room(struct received *received, uint64_t size, struct error *error) {
    void *base = MAP_FAILED;
    errno = ENOMEM;
    if (size <= MOST_MEMORY)
        base = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                    -1, 0);
    if (base == MAP_FAILED)
        return error_set_errno(error, "%s: no memory for its segment", NAME);
    *received = (struct received){base, size};
    return 0;
}

static bool fits(const struct received *received, const struct writer_part *part) {
    return part->whole == received->size && part->offset <= part->whole &&
           part->size <= part->whole - part->offset;
}

static int receive(int fd, struct received *received, struct error *error) {
    struct writer_part part;
    size_t got;
    while ((got = read_whole(fd, &part, sizeof(part))) == sizeof(part)) {
        if (received->base == NULL && make_room(received, part.whole, error) != 0)
            return -1;
        if (!fits(received, &part))
            return error_set(error, "%s: damaged: a part that does not fit", NAME);
        got = read_whole(fd, received->base + part.offset, part.size);
        if (got != part.size)
            break;
    }
    if (got == SIZE_MAX)
        return error_set_errno(error, "cannot read %s", NAME);
    return got == 0 && received->base != NULL ? 0 : error_set(error, "%s: cut off", NAME);
}

struct snapshot *writer_input_read(int fd, struct error *error) {
    struct received received = {NULL, 0};
    struct snapshot *snapshot = NULL;
    struct stat status;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return snapshot_read_fd(fd, NAME, error);
    if (receive(fd, &received, error) == 0)
        snapshot = snapshot_from_memory(received.base, received.size, NAME, error);
    if (received.base != NULL)
        munmap(received.base, received.size);
    return snapshot;
}
