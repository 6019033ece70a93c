/* SPDX-License-Identifier: MIT */
/*
 * Between segment_writer.c (space in the segment), segment_layout.c (what lies where in it) and
 * segment_file.c (the file under it).
 */
#ifndef CINSTR_RUNTIME_SEGMENT_WRITER_H
#define CINSTR_RUNTIME_SEGMENT_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct segment_header;

#define PAGE 4096u

static inline uint64_t round_up(uint64_t value, uint64_t unit) {
    return (value + unit - 1) / unit * unit;
}

/* Plans the layout of the first, second... attempt, each asking for less address space and file
 * size than the one before. False when there is none less. */
bool segment_plan(struct segment_header *header, unsigned attempt);

/* Creates and maps a new file of `size` bytes (sparse) in the user's own directory. Fills in its
 * path. NULL with a reason. */
void *segment_file_create(char *path, size_t path_size, uint64_t size, char *reason,
                          size_t reason_size);

/* Makes sure that the bytes of the file have disk or memory behind them, where the kernel cannot do
 * it through the mapping. */
bool segment_file_reserve(const char *path, uint64_t offset, uint64_t size);

#endif
