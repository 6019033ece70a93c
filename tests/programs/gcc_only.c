/* SPDX-License-Identifier: MIT */
/* Features of gcc's C, or that few programs use: nested functions, one of which ends by a goto into
 * the function around it, computed gotos, setjmp, alloca, tail calls, calls that do not return, two
 * functions with the same code. */
#include <alloca.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEPT __attribute__((noipa))

static volatile int sink;
static jmp_buf place;

KEPT static int leaf(int x) {
    return sink = x;
}

KEPT static int ends_in_call(int x) {
    return leaf(x + 1);
}

KEPT static int each(int (*function)(int), int count) {
    int sum = 0;
    for (int i = 0; i < count; i++)
        sum += function(i);
    return sum;
}

KEPT static int outer(int limit) {
    __label__ enough;
    int sum = 0;
    KEPT int nested(int x) {
        if (x == limit)
            goto enough;
        sum += x;
        return leaf(x);
    }
    each(nested, limit + 1);
enough:
    return sum;
}

KEPT static int interpreter(const unsigned char *code) {
    static void *const jumps[] = {&&add, &&call, &&stop};
    int sum = 0;
    goto *jumps[*code++];
add:
    sum++;
    goto *jumps[*code++];
call:
    sum += leaf(sum);
    goto *jumps[*code++];
stop:
    return sum;
}

KEPT static _Noreturn void jumper(int x) {
    leaf(x);
    longjmp(place, 1);
}

KEPT static int setter(int x) {
    volatile int times = 0;
    if (setjmp(place) != 0)
        return times;
    times = x;
    jumper(x);
}

KEPT static int grower(int size) {
    char *text = alloca((size_t)size + 1);
    memset(text, 'a', (size_t)size);
    text[size] = '\0';
    return leaf((int)strlen(text));
}

KEPT static _Noreturn void ender(int x) {
    leaf(x);
    exit(0);
}

__attribute__((noinline)) static int first_twin(int x) {
    return sink = 3 * x + 1;
}

__attribute__((noinline)) static int second_twin(int x) {
    return sink = 3 * x + 1;
}

int main(void) {
    int sum = 0;
    for (int i = 0; i < 10; i++)
        sum += ends_in_call(i) + outer(i) + interpreter((const unsigned char[]){0, 1, 1, 2}) +
               setter(i) + first_twin(i) + second_twin(i) + grower(i);
    printf("%d\n", sum);
    ender(sum);
}
