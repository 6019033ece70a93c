/* SPDX-License-Identifier: MIT */
/*
 * Promise: under any limit on memory, files and descriptors the program does the same as without
 * the recorder: same output, same status. --close-all closes every descriptor from 3 up and then
 * uses these numbers itself; --wide makes calls in tens of thousands of contexts, so that the
 * segment has to grow.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <setjmp.h>

#include "said.h"

static unsigned sum;

NOINLINE static void leaf(unsigned i) {
    sum = sum * 31 + i;
}

/* Each bit pattern is another path: every level has two call sites. */
NOINLINE static void branch(unsigned path, int level) {
    leaf(path);
    if (level == 0)
        return;
    if (path & 1)
        branch(path >> 1, level - 1);
    else
        branch(path >> 1, level - 1);
}

#define LEVEL(n, next)                                                                             \
    NOINLINE static void level_##n(unsigned path) {                                                \
        leaf(path);                                                                                \
        if (path & 1)                                                                              \
            next(path >> 1);                                                                       \
        else                                                                                       \
            next(path >> 1);                                                                       \
        if (path & 2)                                                                              \
            leaf(path);                                                                            \
    }
LEVEL(0, leaf)
LEVEL(1, level_0)
LEVEL(2, level_1)
LEVEL(3, level_2)
LEVEL(4, level_3)
LEVEL(5, level_4)
LEVEL(6, level_5)
LEVEL(7, level_6)
LEVEL(8, level_7)
LEVEL(9, level_8)
LEVEL(10, level_9)
LEVEL(11, level_10)
LEVEL(12, level_11)

static jmp_buf target;

NOINLINE static void jump(void) {
    leaf(1);
    longjmp(target, 1);
}

QUIET static void use_descriptors(void) {
    closefrom(3);
    for (int i = 0; i < 100; i++)
        must(open("/dev/null", O_RDWR) >= 0, "/dev/null");
}

int main(int argc, char **argv) {
    const int is_wide = argc > 1 && strcmp(argv[argc - 1], "--wide") == 0;
    for (unsigned i = 0; i < 1000; i++)
        branch(i, 3);
    if (setjmp(target) == 0)
        jump();
    if (argc > 1 && strcmp(argv[1], "--close-all") == 0)
        use_descriptors();
    for (unsigned i = 0; is_wide && i < 20000; i++)
        level_12(i);
    for (unsigned i = 0; i < 1000; i++)
        branch(i, 3);
    if (printf("%u\n", sum) < 0 || fflush(stdout) != 0)
        return 5;
    return 0;
}
