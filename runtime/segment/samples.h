/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_SAMPLES_H
#define CINSTR_RUNTIME_SEGMENT_SAMPLES_H

#include <stdbool.h>
#include <stdint.h>

#include <cinstr/segment.h>

/* A thread's memory for new samples. */
struct samples_room {
    struct segment_location *next;
    uint32_t left;
};
void samples_init(void);
/* Whether there is such a column. */
bool samples_are_there(void);
/* Adds a sample, in a handler. False: no memory. */
bool samples_add(struct samples_room *room, const struct segment_node *node, uint64_t address,
                 uint64_t periods);
void samples_give_room(struct samples_room *room);
/* `head`, `to`, `from`: elements of the column. For the second the caller holds the process
 * lock. */
void samples_clear(uint64_t head);
void samples_merge(uint64_t *to, uint64_t *from);

#endif
