/* SPDX-License-Identifier: MIT */
/*
 * What the plugin says of inlined calls (-cinstr-inlined), for readers: the program itself never
 * looks at it. The optimiser leaves one record for each place where it has put a function's body;
 * the code there calls cinstr1_count_leaf() with the record's address in place of a function's.
 *
 * All lies in one section of each module, untouched by the loader: records and the functions that
 * they name refer to each other by distance.
 */
#ifndef CINSTR_INLINED_H
#define CINSTR_INLINED_H

#include <stdint.h>

#define INLINED_SECTION "cinstr1_inlined"

/* A call of `function` from `line`. Distances are from the record's own address. */
struct inlined_call {
    int32_t function; /* to its inlined_function */
    int32_t caller;   /* to the record of the call that this one came with, 0: it is in the code of
                         the function that is called in earnest */
    uint32_t line;    /* of the call, in the caller's file; 0 unknown */
    uint32_t is_open; /* 1: that function has hooks, and so is the innermost open call */
};

/* Behind it two strings: its name as the linker has it, and its file, "" unknown. */
struct inlined_function {
    uint32_t line; /* of its definition; 0 unknown */
};

#endif
