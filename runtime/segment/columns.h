/* SPDX-License-Identifier: MIT */
/* The values of a node that are in columns. */
#ifndef CINSTR_RUNTIME_SEGMENT_COLUMNS_H
#define CINSTR_RUNTIME_SEGMENT_COLUMNS_H

#include <stdint.h>

#include <cinstr/segment.h>

void columns_clear(uint32_t node);
void columns_add(uint32_t to, uint32_t from);

/* Moves the values of node `from` of this segment to node `to` of another one with the same
 * columns. */
void columns_move(struct segment_header *there, uint32_t to, uint32_t from);

#endif
