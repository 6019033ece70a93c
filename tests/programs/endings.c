/* SPDX-License-Identifier: MIT */
/*
 * Promise: however the process ends, what it called is recorded to the last call: by return, exit()
 * from deep inside, _exit, quick_exit, abort, SIGSEGV and SIGKILL; calls made by atexit handlers
 * and destructors too. The argument names the ending; the program states its counts before it.
 */
#include <signal.h>

#include "said.h"

static volatile int sink;
static int *volatile nowhere;

NOINLINE static void leaf(void) {
    sink++;
}

NOINLINE static void finish(const char *how) {
    static const char *const no_handlers[] = {"_exit", "abort", "segv", "kill", "quick_exit"};
    int is_orderly = 1;
    for (size_t i = 0; i < sizeof(no_handlers) / sizeof(*no_handlers); i++)
        is_orderly &= strcmp(how, no_handlers[i]) != 0;
    if (is_orderly) { /* exit() is called in finish(), which then calls the handlers */
        const char *caller = strcmp(how, "exit") == 0 ? "finish" : "-";
        say(caller, "at_exit", 1);
        say(caller, "at_end", 1);
        say("at_exit", "leaf", 2);
        say("at_end", "leaf", 3);
    }
    if (strcmp(how, "exit") == 0)
        exit(7);
    if (strcmp(how, "_exit") == 0)
        _exit(7);
    if (strcmp(how, "quick_exit") == 0)
        quick_exit(7);
    if (strcmp(how, "abort") == 0)
        abort();
    if (strcmp(how, "segv") == 0)
        *nowhere = 1;
    if (strcmp(how, "kill") == 0)
        raise(SIGKILL);
}

NOINLINE static void deeper(int depth, const char *how) {
    leaf();
    if (depth > 0)
        deeper(depth - 1, how);
    else
        finish(how);
    sink++;
}

static void at_exit(void) {
    for (int i = 0; i < 2; i++)
        leaf();
}

__attribute__((destructor)) static void at_end(void) {
    for (int i = 0; i < 3; i++)
        leaf();
}

int main(int argc, char **argv) {
    must(argc == 2 && atexit(at_exit) == 0, "usage: endings HOW");
    for (int i = 0; i < 1000; i++)
        leaf();
    say("-", "main", 1);
    say("main", "leaf", 1000);
    say("main", "deeper", 1);
    say("deeper", "deeper", 10);
    say("deeper", "leaf", 11);
    say("deeper", "finish", 1);
    deeper(10, argv[1]);
    return 7;
}
