/* SPDX-License-Identifier: MIT */
/* The function of thrown.cpp that another compiler builds. */
int other(int (*function)(int), int x) __attribute__((noinline));

int other(int (*function)(int), int x) {
    return function(x) + 0 * x;
}
