/* SPDX-License-Identifier: MIT */
/*
 * Promise: if several instrumented functions call back through one call site in uninstrumented
 * code, even nested, each callback has its own caller. sort_a and sort_b both call qsort(), which
 * calls compare(), which calls qsort() again if it is below sort_b.
 */
#include "said.h"

static unsigned long long edges[3];
static int caller; /* the caller of qsort: 0 sort_a, 1 sort_b, 2 compare */

NOINLINE static int compare(const void *a, const void *b);

NOINLINE static void sort_b(int from) {
    int numbers[2] = {2, 1};
    caller = 1;
    qsort(numbers, 2, sizeof(numbers[0]), compare);
    caller = from;
}

NOINLINE static void sort_a(void) {
    int numbers[2] = {2, 1};
    caller = 0;
    qsort(numbers, 2, sizeof(numbers[0]), compare);
}

NOINLINE static int compare(const void *a, const void *b) {
    edges[caller]++;
    if (caller == 0)
        sort_b(0);
    return *(const int *)a - *(const int *)b;
}

int main(void) {
    for (int i = 0; i < 1000; i++) {
        sort_a();
        sort_b(0);
    }
    say("-", "main", 1);
    say("main", "sort_a", 1000);
    say("main", "sort_b", 1000);
    say("sort_a", "compare", edges[0]);
    say("compare", "sort_b", edges[0]);
    say("sort_b", "compare", edges[1]);
    return 0;
}
