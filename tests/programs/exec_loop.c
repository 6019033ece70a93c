/* SPDX-License-Identifier: MIT */
/*
 * Promise: a program may replace itself by exec as often as it likes; and after an exec that fails,
 * calls are recorded as before. It executes itself until the counter, its argument, is 0. Each
 * image calls leaf() 100 times before an exec that fails and 50 times after it.
 */
#include "said.h"

static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void replace(const char *path, int left) {
    char count[16];
    snprintf(count, sizeof(count), "%d", left);
    execl(path, "exec_loop", count, (char *)NULL);
}

int main(int argc, char **argv) {
    const int left = argc == 2 ? (int)number(argv[1]) : 0;
    for (int i = 0; i < 100; i++)
        leaf();
    replace("/nonexistent/program", 0);
    for (int i = 0; i < 50; i++)
        leaf();
    if (left > 0) {
        replace("/proc/self/exe", left - 1);
        must(0, "exec");
    }
    say("-", "main", 1);
    say("main", "leaf", 150);
    say("main", "replace", 1);
    return 0;
}
