/* SPDX-License-Identifier: MIT */
/*
 * A library that is loaded and unloaded: built twice, with -DNAME=a and -DNAME=b, for
 * dlopen_cycle.c. Its functions have the same addresses in both.
 */
#define PASTE(a, b)    a##b
#define FUNCTION(a, b) PASTE(a, b)

static volatile int sink;

__attribute__((noinline)) static void FUNCTION(NAME, _leaf)(void) {
    sink++;
}

void work(int calls);
void work(int calls) {
    for (int i = 0; i < calls; i++)
        FUNCTION(NAME, _leaf)();
}
