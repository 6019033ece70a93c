/* SPDX-License-Identifier: MIT */
/* For thrown.cpp. */
int other(int (*function)(int), int x) __attribute__((noinline));

int other(int (*function)(int), int x) {
    return function(x) + 0 * x;
}
