/* SPDX-License-Identifier: MIT */
/* Every second call in trier() ends by a jump out of inlined functions: JUMP() jumps to where
 * LAND() was called. The file that includes this defines both. */
#ifndef JUMP_OUT_H
#define JUMP_OUT_H

__attribute__((noinline)) int leaf(int x) {
    __asm__ volatile("");
    return x + 1;
}

__attribute__((noinline)) void jumper(void) {
    JUMP();
}

static inline int mid(int i) {
    int result;
    if (i % 2)
        jumper();
    result = leaf(i);
    __asm__ volatile("");
    return result + 1;
}

static inline int down(int i) {
    int result = mid(i);
    __asm__ volatile("");
    return result + 1;
}

static inline int recovered(int i) {
    __asm__ volatile("");
    return i;
}

static inline int trier(volatile int i) {
    if (LAND() == 0)
        return down(i);
    return recovered(i);
}

#endif
