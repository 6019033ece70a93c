/* SPDX-License-Identifier: MIT */
/*
 * Two libraries have a function of the same name, and each calls its own. Built once with
 * -DLIBRARY=a and once with -DLIBRARY=b, both with -fno-semantic-interposition. Built with neither,
 * it is the program, which calls a's 100 times and b's 7 times.
 */
#define JOIN(a, b)  a##b
#define NAMED(a, b) JOIN(a, b)
#define NOINLINE    __attribute__((noinline))

#ifdef LIBRARY
int process(int x);
int NAMED(run_, LIBRARY)(int times);

NOINLINE int process(int x) {
    __asm__ volatile("" ::: "memory");
    return x + 1;
}

int NAMED(run_, LIBRARY)(int times) {
    int sum = 0;
    for (int i = 0; i < times; i++)
        sum += process(i);
    return sum;
}
#else
int run_a(int times);
int run_b(int times);

int main(void) {
    return run_a(100) == 5050 && run_b(7) == 28 ? 0 : 1;
}
#endif
