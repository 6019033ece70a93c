/* SPDX-License-Identifier: MIT */
/*
 * Promise: recursion a million deep is counted to the call (with the stack unlimited), and memory
 * stays within the budget: recursion is folded by edge.
 */
#include "said.h"

NOINLINE static unsigned deep(unsigned depth) {
    return depth == 0 ? 0 : 1 + deep(depth - 1);
}

int main(int argc, char **argv) {
    const unsigned depth = argc == 2 ? number(argv[1]) : 0;
    printf("%u\n", deep(depth));
    say("-", "main", 1);
    say("main", "deep", 1);
    say("deep", "deep", depth);
    return 0;
}
