/* SPDX-License-Identifier: MIT */
/*
 * Whether the process that wrote a segment is still there. Called when a segment is read or listed.
 * Pids are reused: start time, boot and pid namespace are compared as well.
 */
#ifndef CINSTR_READER_LIVENESS_H
#define CINSTR_READER_LIVENESS_H

#include <stdbool.h>

#include <cinstr/segment.h>

enum liveness {
    LIVENESS_DEAD,
    LIVENESS_ALIVE,
    LIVENESS_UNKNOWN, /* in a pid namespace that this process does not see */
};

enum liveness liveness_of(const struct segment_header *header);

/* Dead, and its pid is another process's now. */
bool liveness_is_reused(const struct segment_header *header);

/* Written since this machine was started: its clocks are ours. */
bool liveness_is_this_boot(const struct segment_header *header);

#endif
