/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_IDENTITY_H
#define CINSTR_RUNTIME_SEGMENT_IDENTITY_H

#include <stdint.h>

#include <cinstr/segment.h>

/* Fills in the header's fields on the process. `frequency`: the clock's ticks a second. */
void identity_fill(struct segment_header *header, uint64_t frequency);
/* Sets the header's latest pair of both clocks. */
void identity_refresh(struct segment_clock_pair now);
/* Sets the magic, which readers check first, when the segment is ready to be read. */
void identity_publish(struct segment_header *header);

#endif
