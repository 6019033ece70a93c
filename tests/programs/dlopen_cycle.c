/* SPDX-License-Identifier: MIT */
/*
 * Promise: when a library is unloaded and another is loaded at its address, they are told apart,
 * however often: a's and b's functions have their own exact counts and names. Arguments: A B
 * CYCLES. Prints whether b was ever loaded at a's address: otherwise the run proves nothing.
 */
#include <dlfcn.h>

#include "said.h"

/* The address at which the library's work() was. */
QUIET static void *use(const char *path, int calls) {
    void *library = dlopen(path, RTLD_NOW);
    must(library != NULL, path);
    void (*work)(int);
    *(void **)&work = dlsym(library, "work");
    must(work != NULL, "work");
    work(calls);
    void *address = *(void **)&work;
    dlclose(library);
    return address;
}

int main(int argc, char **argv) {
    must(argc == 4, "usage: dlopen_cycle A B CYCLES");
    const int cycles = (int)number(argv[3]);
    int reused = 0;

    for (int i = 0; i < cycles; i++)
        reused += use(argv[1], 10) == use(argv[2], 7);
    printf("same address %s\n", reused > 0 ? "yes" : "no");
    say("-", "main", 1);
    say("main", "work", 2u * (unsigned)cycles);
    say("work", "a_leaf", 10u * (unsigned)cycles);
    say("work", "b_leaf", 7u * (unsigned)cycles);
    return 0;
}
