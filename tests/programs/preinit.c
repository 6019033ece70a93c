/* SPDX-License-Identifier: MIT */
/*
 * Promise: instrumented functions may run before the recorder has started, at any stage; nothing
 * crashes and no call is lost. early() runs in .preinit_array, resolve() as an IFUNC resolver, and
 * begin() in the first constructor, each once; leaf() runs 1000 times in main(). Each early call is
 * listed exactly, or as part of `[before init]`.
 */
#include "said.h"

NOINLINE int early_leaf(int x);
NOINLINE int early_leaf(int x) {
    return x + 1;
}

int leaf(int x);
NOINLINE int leaf(int x) {
    return x * 3;
}

static int leaf_chosen(int x) {
    return x + 2;
}

static int (*resolve(void))(int);
__attribute__((used)) NOINLINE static int (*resolve(void))(int) {
    return leaf_chosen;
}

int chosen(int x) __attribute__((ifunc("resolve")));

static int value;

static void early(int argc, char **argv, char **environment) {
    (void)argc, (void)argv, (void)environment;
    value += early_leaf(1);
}

__attribute__((section(".preinit_array"), used)) static void (*early_entry)(int, char **,
                                                                            char **) = early;

__attribute__((constructor(101))) static void begin(void) {
    value += early_leaf(2);
}

int main(void) {
    for (int i = 0; i < 1000; i++)
        value += leaf(i);
    value += chosen(1);
    printf("%d\n", value);
    say("main", "leaf", 1000);
    say("main", "leaf_chosen", 1);
    say("-", "main", 1);
    return 0;
}
