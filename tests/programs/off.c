/* SPDX-License-Identifier: MIT */
/* `off N` makes N calls of a function that does next to nothing. With -DPRELOADED it is a library
 * that makes a program believe that it is set-uid. With -DEMPTY it has hooks that do nothing. */
#if defined(PRELOADED)
#include <sys/auxv.h>

unsigned long getauxval(unsigned long type) {
    return type == AT_SECURE;
}
#else
#include <stdio.h>
#include <stdlib.h>

#if defined(EMPTY)
__attribute__((no_instrument_function, noinline)) void __cyg_profile_func_enter(void *a, void *b) {
    __asm__ volatile("" : : "r"(a), "r"(b));
}
__attribute__((no_instrument_function, noinline)) void __cyg_profile_func_exit(void *a, void *b) {
    __asm__ volatile("" : : "r"(a), "r"(b));
}
#endif

__attribute__((noinline)) int leaf(int x) {
    __asm__ volatile("");
    return x + 1;
}

int main(int count, char **arguments) {
    int sum = 0;
    for (long i = count > 1 ? atol(arguments[1]) : 0; i > 0; i--)
        sum = leaf(sum);
    printf("%d\n", sum);
    return 0;
}
#endif
