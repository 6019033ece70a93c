/* SPDX-License-Identifier: MIT */
/*
 * What the formats of import.c share: the input, frames by name, frames by address.
 */
#ifndef CINSTR_READER_IMPORT_FORMAT_H
#define CINSTR_READER_IMPORT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>

#include "import.h"
#include "reader/base/index_stack.h"
#include "reader/symbols/symbols.h"

struct import {
    const char *data;
    size_t size;
    const char *name;
    const char *binary;
    struct profile *profile; /* the profile to fill */
};

struct import_format {
    const char *name;
    /* Whether the file looks like one. */
    bool (*sniff)(const char *data, size_t size);
    int (*read)(struct import *import, struct error *error);
};

int import_out_of_memory(struct error *error);

/* Adds the value types "samples/count" and, with a period, "cpu/nanoseconds", which is then the
 * default (0 ns: unknown). -1: out of memory. */
int import_begin_samples(struct import *import, uint64_t period_ns);

/* --- lines (import_lines.c) ------------------------------------------------------------------- */

struct import_line {
    const char *text; /* not NUL-terminated, without its newline */
    size_t length;
    uint64_t number; /* from 1 on */
};

/* Reads the next line; false at the end. Start with a zeroed struct. */
bool import_next_line(const struct import *import, struct import_line *line);

/* Puts "NAME:LINE: " before the message. Returns -1. */
int import_bad_line(const struct import *import, const struct import_line *line,
                    struct error *error, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Reads a whole number at *text and moves *text behind it; false when there is none, or it is
 * too large. */
bool import_number(const char **text, const char *end, unsigned base, uint64_t *number);

/* --- frames (import_frames.c) ----------------------------------------------------------------- */

/* A location of one function by name; any text may be NULL. PROFILE_NONE: out of memory. */
uint32_t import_named_frame(struct profile *profile, uint32_t mapping, const char *function,
                            const char *file, int64_t line);

/* Adds a mapping that only has a name. */
uint32_t import_mapping(struct profile *profile, const char *file);

/* Adds a location to the stack. -1: out of memory, or deeper than a profile allows. */
int import_push(struct index_stack *stack, uint32_t location);

/* Reverses the last `count` frames, which were read outermost first. */
void import_reverse(struct index_stack *stack);

/* Modules, whose files give names to addresses. */
struct import_modules {
    struct segment_module *modules;
    uint32_t count;
    uint32_t *mappings; /* index in the profile */
    struct symbols *symbols;
};

/* Adds an executable mapping of the process: `start` is `offset` in the file. */
int import_add_module(struct import_modules *modules, uint64_t start, uint64_t limit,
                      uint64_t offset, const char *path);
/* Adds a file whose addresses are those of the process. */
int import_add_binary(struct import_modules *modules, const char *path, struct error *error);
/* Call it once, after all are added. */
int import_open_modules(struct import_modules *modules, struct profile *profile,
                        struct error *error);
void import_free_modules(struct import_modules *modules);

/* Location of an address; for a caller, the address of its call. */
uint32_t import_address(struct import_modules *modules, struct profile *profile, uint64_t address);

#endif
