// SPDX-License-Identifier: MIT
/* Exceptions in each kind of function that they pass: one that catches them, passes them on,
 * catches another type, cleans up, or was built by another compiler (thrown_other.c). */
#include <cstdio>
#include <stdexcept>

#define KEPT __attribute__((noinline))

extern "C" int other(int (*function)(int), int x);

struct Guard {
    int *count;
    KEPT ~Guard() {
        ++*count;
    }
};

KEPT static int thrower(int x) {
    if (x % 3 == 0)
        throw std::runtime_error("3");
    return x;
}

KEPT static int passer(int x) {
    return thrower(x) + 1;
}

KEPT static int other_type(int x) {
    try {
        return passer(x);
    } catch (const char *) {
        return -1;
    }
}

KEPT static int cleaner(int x) {
    static int count;
    Guard guard{&count};
    return other_type(x) + count;
}

KEPT static int catcher(int x) {
    try {
        return other(cleaner, x);
    } catch (const std::exception &) {
        return 0;
    }
}

KEPT static int after(int x) {
    static volatile int kept;
    return kept = x;
}

int main() {
    int sum = 0;
    for (int i = 0; i < 300; i++) {
        sum += catcher(i);
        sum += after(i);
    }
    std::printf("%d\n", sum);
}
