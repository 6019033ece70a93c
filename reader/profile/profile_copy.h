/* SPDX-License-Identifier: MIT */
/*
 * Copies samples, and what they refer to, from several profiles into one. Used by merge and
 * subtract. Mappings and addresses match as in pprof: by build id (else file), offset and size in
 * pages, and by address relative to the mapping's start. So two runs of a program match in spite of
 * address space randomization.
 */
#ifndef CINSTR_READER_PROFILE_COPY_H
#define CINSTR_READER_PROFILE_COPY_H

#include "profile.h"

struct profile_copy {
    struct profile *to;
    const struct profile *from;
    struct profile_copy_mapping *mappings; /* in `to`, by the fields that must be equal */
    uint32_t *mapping_indices;             /* in `to`, by index in `from`; PROFILE_NONE unknown */
    uint32_t *function_indices;
    uint32_t *location_indices;
    uint32_t *stack;
    int64_t *values;
    uint32_t stack_capacity;
};

/* 0 when both can be added up; else -1, and `error` says what differs. */
int profile_check_same_types(const struct profile *left, const struct profile *right,
                             struct error *error);

/* Copies value types, period and the texts of the whole profile; not time or comments. */
int profile_copy_header(struct profile *to, const struct profile *from, struct error *error);

/* Samples are copied from `from` from now on. Start with *copy all zero but `to`. */
int profile_copy_from(struct profile_copy *copy, const struct profile *from, struct error *error);

/* Adds the sample times `sign`, which is 1 or -1. */
int profile_copy_sample(struct profile_copy *copy, const struct profile_sample *sample, int sign,
                        struct error *error);
void profile_copy_end(struct profile_copy *copy);

#endif
