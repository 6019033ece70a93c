/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_SEGMENT_FILE_H
#define CINSTR_RUNTIME_SEGMENT_SEGMENT_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Creates and maps a new sparse file of `size` bytes in the user's own directory, and fills in
 * its path. NULL with a reason. */
void *segment_file_create(char *path, size_t path_size, uint64_t size, char *reason,
                          size_t reason_size);

/* Allocates the space of these bytes of the file, where the kernel cannot do it through the
 * mapping. */
bool segment_file_reserve(const char *path, uint64_t offset, uint64_t size);

#endif
