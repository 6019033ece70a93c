/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_CHARGE_NODES_H
#define CINSTR_RUNTIME_TREE_CHARGE_NODES_H

#include <stdbool.h>
#include <stdint.h>

/* Prepares the table, also in a fork child; does nothing without heap=, block= and mutex=. */
void charge_init(void);
/* Whether the table exists: nothing can be charged without it. */
bool charge_is_ready(void);
/* Whether anything has been charged. */
bool charge_is_any(void);
/* The node of lane 0 with that parent and edge; added if it is new. */
uint32_t charge_child(uint32_t parent, uint64_t function, uint64_t call_site);

#endif
