/* SPDX-License-Identifier: MIT */
/* A program that defines the hooks itself, and counts calls by them. */
#include <stdio.h>

#define PLAIN __attribute__((no_instrument_function))

static int entries;

PLAIN void __cyg_profile_func_enter(void *function, void *caller);
PLAIN void __cyg_profile_func_exit(void *function, void *caller);

void __cyg_profile_func_enter(void *function, void *caller) {
    (void)function;
    (void)caller;
    entries++;
}

void __cyg_profile_func_exit(void *function, void *caller) {
    (void)function;
    (void)caller;
}

__attribute__((noinline)) static void leaf(void) {
    __asm__ volatile("");
}

int main(void) {
    leaf();
    leaf();
    printf("%d\n", entries);
    return 0;
}
