/* SPDX-License-Identifier: MIT */
/* Writing to a descriptor, without libc. */
#ifndef CINSTR_RUNTIME_WRITE_ALL_H
#define CINSTR_RUNTIME_WRITE_ALL_H

#include <stdbool.h>
#include <stddef.h>

/* Writes all `size` bytes of `data`, in as many calls as it takes. False: it could not, and errno
 * says why; some may be written. Async-signal-safe. */
bool write_all(int fd, const void *data, size_t size);

#endif
