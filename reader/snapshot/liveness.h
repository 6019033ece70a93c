/* SPDX-License-Identifier: MIT */
/*
 * Whether the process that wrote a segment still exists. Called when a segment is read or listed.
 * Pids are reused; so start time, boot and pid namespace are compared as well.
 */
#ifndef CINSTR_READER_LIVENESS_H
#define CINSTR_READER_LIVENESS_H

#include <stdbool.h>

#include <cinstr/segment.h>

enum liveness {
    LIVENESS_DEAD,
    LIVENESS_ALIVE,
    LIVENESS_UNKNOWN, /* in a pid namespace that is not visible from here */
};

enum liveness liveness_of(const struct segment_header *header);

/* Whether it is dead and its pid belongs to another process now. */
bool liveness_is_reused(const struct segment_header *header);

/* Whether it was written since this machine was started, so that this machine's clocks are its
 * own. */
bool liveness_is_this_boot(const struct segment_header *header);

#endif
