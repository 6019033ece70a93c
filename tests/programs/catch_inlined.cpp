/* SPDX-License-Identifier: MIT */
/* 50,000 exceptions leave an inlined function. outer() makes a call after each. */
#define NOINLINE __attribute__((noinline))

volatile int sink;

extern "C" {
NOINLINE void h(void) {
    sink++;
}

NOINLINE void mayThrow(int i) {
    if (i & 1)
        throw 1;
    sink++;
}

static inline __attribute__((always_inline)) void g(int i) {
    mayThrow(i);
}

NOINLINE void outer(int i) {
    try {
        g(i);
    } catch (int) {
    }
    h();
}
}

int main() {
    for (int i = 0; i < 100000; i++)
        outer(i);
}
