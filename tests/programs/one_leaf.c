/* SPDX-License-Identifier: MIT */
/* One function that calls one leaf 100 times. */
#include <stdio.h>
__attribute__((noinline)) int leaf(int x) {
    __asm__ volatile("");
    return x + 1;
}
int main(void) {
    int s = 0;
    for (int i = 0; i < 100; i++)
        s = leaf(s);
    printf("%d\n", s);
    return 0;
}
