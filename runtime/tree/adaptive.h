/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_TREE_ADAPTIVE_H
#define CINSTR_RUNTIME_TREE_ADAPTIVE_H

#include <stdint.h>

struct lane;

/* timing=adaptive: what a new node's `writer` begins with. */
uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site);

#endif
