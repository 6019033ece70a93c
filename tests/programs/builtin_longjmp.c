/* SPDX-License-Identifier: MIT */
/* The compiler's own jumps, out of functions that were inlined. */
#include <stdio.h>

static void *env[5];

__attribute__((noinline)) int leaf(int x) {
    __asm__ volatile("");
    return x + 1;
}

__attribute__((noinline)) void jumper(void) {
    __builtin_longjmp(env, 1);
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
    if (__builtin_setjmp(env) == 0)
        return down(i);
    return recovered(i);
}

__attribute__((noinline)) int after(int i) {
    __asm__ volatile("");
    return i;
}

int main(void) {
    volatile long sum = 0;
    for (volatile int i = 0; i < 1000; i = i + 1) {
        sum += trier(i);
        sum += after(1);
    }
    printf("%ld\n", sum);
    return 0;
}
