/* SPDX-License-Identifier: MIT */
#include "write_all.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

bool write_all(int fd, const void *data, size_t size) {
    const char *at = data;
    while (size > 0) {
        const long written = syscall(SYS_write, fd, at, size);
        if (written <= 0 && errno != EINTR)
            return false;
        if (written > 0) {
            at += written;
            size -= (size_t)written;
        }
    }
    return true;
}
