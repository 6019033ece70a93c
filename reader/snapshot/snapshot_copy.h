/* SPDX-License-Identifier: MIT */
/*
 * The parts of taking a snapshot, shared by snapshot*.c alone: where the bytes come from, and the
 * checks before anything else may use them.
 */
#ifndef CINSTR_READER_SNAPSHOT_COPY_H
#define CINSTR_READER_SNAPSHOT_COPY_H

#include "snapshot.h"

/* --- snapshot_source.c: where the bytes come from --------------------------------------------- */

struct snapshot_source {
    const unsigned char *memory; /* or, when NULL: */
    int fd;
    uint64_t size;
    const char *name; /* for messages */
};

/* Copies `size` bytes at `offset`; beyond the end is an error. Never maps the file: its owner may
 * truncate it at any time. */
int snapshot_read(const struct snapshot_source *source, uint64_t offset, void *to, uint64_t size,
                  struct error *error);

/* A new array of `count` elements of `element_size` bytes, read from elements that are `stride`
 * bytes apart. The caller frees it. */
void *snapshot_read_array(const struct snapshot_source *source, uint64_t offset, uint64_t count,
                          size_t element_size, size_t stride, struct error *error);

/* --- snapshot_header.c ------------------------------------------------------------------------ */

/* Reads and checks the header: afterwards every section and column lies within the file. */
int snapshot_read_header(const struct snapshot_source *source, struct segment_header *header,
                         struct error *error);

/* --- snapshot_nodes.c ------------------------------------------------------------------------- */

/* Copies the nodes that are in use and their columns, and checks the trees. */
int snapshot_read_nodes(const struct snapshot_source *source, struct snapshot *snapshot,
                        struct error *error);

/* Sums up calls and exits of each lane as they are now. */
int snapshot_read_late_sums(const struct snapshot_source *source, struct snapshot *snapshot,
                            struct error *error);

/* --- snapshot_durations.c --------------------------------------------------------------------- */

/* Adds the last durations, which lanes still keep, to those of the contexts. */
void snapshot_add_late_durations(struct snapshot *snapshot);

/* --- snapshot_samples.c ----------------------------------------------------------------------- */

/* Copies what was sampled. After the nodes. */
int snapshot_read_samples(const struct snapshot_source *source, struct snapshot *snapshot,
                          struct error *error);

/* --- snapshot_traces.c ------------------------------------------------------------------------ */

/* Copies what the rings of lanes hold. */
int snapshot_read_traces(const struct snapshot_source *source, struct snapshot *snapshot,
                         struct error *error);

/* --- snapshot_frames.c ------------------------------------------------------------------------ */

/* Copies the open calls of every lane. After the nodes. */
int snapshot_read_frames(const struct snapshot_source *source, struct snapshot *snapshot,
                         struct error *error);

#endif
