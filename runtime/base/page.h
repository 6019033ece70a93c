/* SPDX-License-Identifier: MIT */
/* The size of a page. */
#ifndef CINSTR_RUNTIME_BASE_PAGE_H
#define CINSTR_RUNTIME_BASE_PAGE_H

#include <stdint.h>

#define PAGE UINT64_C(4096)

static inline uint64_t round_up(uint64_t value, uint64_t unit) {
    return (value + unit - 1) / unit * unit;
}

#endif
