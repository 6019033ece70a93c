/* SPDX-License-Identifier: MIT */
/*
 * Records of inlined calls, which the plugin (-cinstr-inlined) writes for readers. The program
 * itself never reads them. There is one record for each copy of a function's body that the
 * optimiser has inlined, and that copy calls cinstr1_count_leaf() with the record's address
 * instead of a function's.
 *
 * Everything is in one section of each module. Records and the functions that they name refer to
 * each other by distance, so the loader has nothing to relocate.
 */
#ifndef CINSTR_INLINED_H
#define CINSTR_INLINED_H

#include <stdint.h>

#define INLINED_SECTION "cinstr1_inlined"

/* A call of `function` at `line`. Distances are from the record's own address. */
struct inlined_call {
    int32_t function; /* distance to its inlined_function */
    int32_t caller;   /* distance to the record of the inlined call that contains this one; 0: it is
                         directly in the code of a function that is not inlined there */
    uint32_t line;    /* of the call, in the caller's file; 0: unknown */
    uint32_t is_open; /* 1: that function has hooks, so it is the innermost open call */
};

/* Two strings follow it: the linker's name of the function, and its file, "" when unknown. */
struct inlined_function {
    uint32_t line; /* of its definition; 0 unknown */
};

#endif
