/* SPDX-License-Identifier: MIT */
/*
 * Promise: recursion with far more contexts than can be kept takes a stated amount of memory, and
 * every edge keeps its exact count. HOW is fib N, ackermann M N, or mutual CALLS: thirty functions
 * that call each other at random. The program counts its calls.
 */
#include "said.h"

enum { FUNCTIONS = 30 };

NOINLINE static unsigned fib(unsigned n) {
    return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

static unsigned long long ackermann_calls;

NOINLINE static unsigned ackermann(unsigned m, unsigned n) {
    ackermann_calls++;
    if (m == 0)
        return n + 1;
    if (n == 0)
        return ackermann(m - 1, 1);
    return ackermann(m - 1, ackermann(m, n - 1));
}

static unsigned long long counts[FUNCTIONS + 1][FUNCTIONS], left;
static unsigned state = 1;

QUIET static unsigned roll(void) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state;
}

static void step(unsigned from, unsigned depth);

#define MUTUAL(NUMBER)                                                                             \
    NOINLINE static void f##NUMBER(unsigned depth) {                                               \
        step(NUMBER, depth);                                                                       \
    }
/* clang-format off */
#define ALL(X)                                                                                     \
    X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11) X(12) X(13) X(14) X(15) X(16)    \
    X(17) X(18) X(19) X(20) X(21) X(22) X(23) X(24) X(25) X(26) X(27) X(28) X(29)
/* clang-format on */
ALL(MUTUAL)

#define NAME(NUMBER) f##NUMBER,
static void (*const functions[FUNCTIONS])(unsigned) = {ALL(NAME)};

/* Inlined into the function that calls it. */
QUIET static inline __attribute__((always_inline)) void step(unsigned from, unsigned depth) {
    for (unsigned calls = depth == 0 ? 0 : roll() % 3; calls > 0 && left > 0; calls--) {
        const unsigned to = roll() % FUNCTIONS;
        left--;
        counts[from][to]++;
        functions[to](depth - 1);
    }
}

QUIET static void run_mutual(void) {
    char caller[8], callee[8];
    while (left > 0)
        step(FUNCTIONS, 200);
    for (unsigned from = 0; from <= FUNCTIONS; from++) {
        snprintf(caller, sizeof(caller), "f%u", from);
        for (unsigned to = 0; to < FUNCTIONS; to++) {
            snprintf(callee, sizeof(callee), "f%u", to);
            say(from == FUNCTIONS ? "main" : caller, callee, counts[from][to]);
        }
    }
}

int main(int argc, char **argv) {
    must(argc >= 3, "usage: explosive fib N | ackermann M N | mutual CALLS");
    if (strcmp(argv[1], "fib") == 0) {
        unsigned long long a = 1, b = 1; /* how many calls fib(0) and fib(1) are */
        for (unsigned i = 1; i < number(argv[2]); i++) {
            const unsigned long long next = 1 + a + b;
            a = b;
            b = next;
        }
        printf("%u\n", fib(number(argv[2])));
        say("main", "fib", 1);
        say("fib", "fib", b - 1);
    } else if (strcmp(argv[1], "ackermann") == 0 && argc == 4) {
        printf("%u\n", ackermann(number(argv[2]), number(argv[3])));
        say("main", "ackermann", 1);
        say("ackermann", "ackermann", ackermann_calls - 1);
    } else {
        left = number(argv[2]);
        run_mutual();
    }
    say("-", "main", 1);
    return 0;
}
