/* SPDX-License-Identifier: MIT */
/*
 * Promise: setjmp and longjmp work in the constructor of a library (built with -DLIBRARY, without
 * hooks) that runs before the recorder's constructor.
 */
#include <setjmp.h>

#include "said.h"

#ifdef LIBRARY
static jmp_buf target;
static sigjmp_buf signal_target;
int early_jumps;

__attribute__((constructor(101))) static void begin(void) {
    if (setjmp(target) == 0)
        longjmp(target, 1);
    early_jumps++;
    if (sigsetjmp(signal_target, 1) == 0)
        siglongjmp(signal_target, 1);
    early_jumps++;
}
#else
extern int early_jumps;

NOINLINE static void leaf(void) {
    must(early_jumps == 2, "jumps");
}

int main(void) {
    leaf();
    say("-", "main", 1);
    say("main", "leaf", 1);
    return 0;
}
#endif
