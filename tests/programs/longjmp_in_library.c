/* SPDX-License-Identifier: MIT */
/* A library for a host that knows nothing of cinstr: half of entry()'s tries end in a jump. With
 * -DHOST: such a host, `host LIBRARY`. */
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

__attribute__((noinline)) int leaf(int x) {
    __asm__ volatile("");
    return x + 1;
}

__attribute__((noinline)) void jumper(void) {
    longjmp(env, 1);
}

static inline int mid(int i) {
    int result;
    if (i % 2)
        jumper();
    result = leaf(i);
    __asm__ volatile("");
    return result + 1;
}

static inline int down(int i) {
    int result = mid(i);
    __asm__ volatile("");
    return result + 1;
}

static inline int recovered(int i) {
    __asm__ volatile("");
    return i;
}

static inline int trier(volatile int i) {
    if (setjmp(env) == 0)
        return down(i);
    return recovered(i);
}

long entry(int n) {
    volatile long sum = 0;
    for (volatile int i = 0; i < n; i = i + 1)
        sum += trier(i);
    return sum;
}
#endif
