/* SPDX-License-Identifier: MIT */
/*
 * Programs whose calling contexts grow in number, for bench/growth.py: `growth tree DEPTH` has
 * 10 + 10² + … + 10^DEPTH contexts, each entered once, and then waits for its standard input to
 * end, so that it can be looked at; `growth children WIDTH CALLS` calls a random one of up to
 * 10,000 functions from one place.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "many.h"

enum { CHILDREN = 10000, DEPTH_MAX = 6 };

#define KEEP __attribute__((noinline))

#define DEFINE_CHILD(n)                                                                            \
    KEEP static void child_##n(void) {                                                             \
        __asm__ volatile("" : : "r"(n));                                                           \
    }
#define NAME_CHILD(n) child_##n,

TEN_THOUSAND(DEFINE_CHILD, 1)

static void (*const children[CHILDREN])(void) = {TEN_THOUSAND(NAME_CHILD, 1)};

/* Ten functions a level, each of which calls all ten of the next: a tree without recursion. */
#define DEFINE_BRANCH(n)                                                                           \
    KEEP static void branch_##n(unsigned level) {                                                  \
        for (unsigned i = 0; level < depth && i < 10; i++)                                         \
            branches[level * 10 + i](level + 1);                                                   \
        __asm__ volatile("" : : "r"(n));                                                           \
    }
#define NAME_BRANCH(n) branch_##n,

static unsigned depth;
static void (*const branches[DEPTH_MAX * 10])(unsigned level);

TEN(DEFINE_BRANCH, 1)
TEN(DEFINE_BRANCH, 2)
TEN(DEFINE_BRANCH, 3)
TEN(DEFINE_BRANCH, 4)
TEN(DEFINE_BRANCH, 5)
TEN(DEFINE_BRANCH, 6)

static void (*const branches[DEPTH_MAX * 10])(unsigned level) = {
    TEN(NAME_BRANCH, 1) TEN(NAME_BRANCH, 2) TEN(NAME_BRANCH, 3) TEN(NAME_BRANCH, 4)
        TEN(NAME_BRANCH, 5) TEN(NAME_BRANCH, 6)};

KEEP static void call_tree(void) {
    for (unsigned i = 0; depth > 0 && i < 10; i++)
        branches[i](1);
}

KEEP static void call_random(unsigned width, unsigned long calls) {
    uint64_t random = 42;
    for (unsigned long i = 0; i < calls; i++) {
        random = random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        children[((random >> 32) * width) >> 32]();
    }
}

static void wait_for_end_of_input(void) {
    puts("ready");
    fflush(stdout);
    while (getchar() != EOF)
        continue;
}

int main(int argc, char **argv) {
    const unsigned long first = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
    if (argc == 3 && strcmp(argv[1], "tree") == 0 && first <= DEPTH_MAX) {
        depth = (unsigned)first;
        call_tree();
        wait_for_end_of_input();
    } else if (argc == 4 && strcmp(argv[1], "children") == 0 && first >= 1 && first <= CHILDREN) {
        call_random((unsigned)first, strtoul(argv[3], NULL, 10));
    } else {
        fputs("usage: growth tree DEPTH | growth children WIDTH CALLS\n", stderr);
        return 2;
    }
    return 0;
}
