/* SPDX-License-Identifier: MIT */
/*
 * Promise: recursion a million deep (with an unlimited stack) is counted to the last call, and
 * memory stays within the budget, since recursion is folded by edge.
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
