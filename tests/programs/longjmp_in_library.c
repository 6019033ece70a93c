/* SPDX-License-Identifier: MIT */
/* A library for a host that is not linked with cinstr: half of the calls in entry() end by a jump.
 * With -DHOST it is such a host, `host LIBRARY`. */
#ifdef HOST
#include <dlfcn.h>
#include <stdio.h>

int main(int count, char **arguments) {
    long (*entry)(int);
    void *library = count > 1 ? dlopen(arguments[1], RTLD_NOW) : NULL;

    if (library == NULL)
        return 1;
    *(void **)&entry = dlsym(library, "entry");
    printf("%ld\n", entry(1000));
    return 0;
}
#else
#include <setjmp.h>

static jmp_buf env;

#define JUMP() longjmp(env, 1)
#define LAND() setjmp(env)
#include "jump_out.h"

long entry(int n) {
    volatile long sum = 0;
    for (volatile int i = 0; i < n; i = i + 1)
        sum += trier(i);
    return sum;
}
#endif
