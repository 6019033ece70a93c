/* SPDX-License-Identifier: MIT */
/* __builtin_longjmp() out of functions that were inlined. */
#include <stdio.h>

static void *env[5];

#define JUMP() __builtin_longjmp(env, 1)
#define LAND() __builtin_setjmp(env)
#include "jump_out.h"

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
