/* SPDX-License-Identifier: MIT */
/* Calls so deep that gcc's -fsplit-stack makes many pieces of a stack. */
#include <stdio.h>

__attribute__((noinline)) int leaf(volatile char *p, int n) {
    p[0] = (char)n;
    return p[n & 1];
}

__attribute__((noinline)) int rec(int n) {
    volatile char bytes[3000];
    int sum;
    bytes[5] = (char)n;
    sum = leaf(bytes, n);
    if (n)
        sum += rec(n - 1);
    return sum + bytes[5];
}

int main(void) {
    long sum = 0;
    for (int i = 0; i < 20; i++)
        sum += rec(100);
    printf("%ld\n", sum);
    return 0;
}
