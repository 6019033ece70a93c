/* SPDX-License-Identifier: MIT */
/* Known work for other profilers, in spin(): heavy() and light() call it, 3 to 1, 20 times each. */
#include <stdint.h>
#include <stdlib.h>

static volatile uint64_t sink;

__attribute__((noinline)) static void spin(uint64_t steps) {
    uint64_t value = sink;
    for (; steps != 0; steps--) {
        value = value * UINT64_C(6364136223846793005) + 1;
        __asm__ volatile("" : "+r"(value));
    }
    sink = value;
    /* perf follows frame pointers, and gcc leaves them out of functions that call none. */
    __asm__ volatile("" : : "r"(__builtin_frame_address(0)));
}

__attribute__((noinline)) static void heavy(uint64_t unit) {
    spin(3 * unit);
    __asm__ volatile("");
}

__attribute__((noinline)) static void light(uint64_t unit) {
    spin(unit);
    __asm__ volatile("");
}

int main(int argc, char **argv) {
    const uint64_t unit = argc > 1 ? strtoull(argv[1], NULL, 10) : 10000000;
    for (int i = 0; i < 20; i++) {
        heavy(unit);
        light(unit);
    }
    return sink == 3;
}
