/* SPDX-License-Identifier: MIT */
/* Serves its own profiles and forks, for tests of what happens to its address. Prints what each
 * call returns. */
#define _GNU_SOURCE
#include <cinstr.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile unsigned sink;

__attribute__((noinline)) static void work(void) {
    sink++;
}

static void serve(const char *who, const char *address) {
    const int result = cinstr_http_serve(address);
    printf("%s %d %s\n", who, result, result == 0 ? "fine" : strerrorname_np(errno));
    fflush(stdout);
}

/* The child lives on until its standard input ends. */
static int in_child(void) {
    char byte;
    work();
    serve("child", "127.0.0.1:0");
    while (read(STDIN_FILENO, &byte, 1) > 0)
        work();
    return 0;
}

int main(int argc, char **argv) {
    work();
    serve("no address", NULL);
    serve("not an address", "nonsense");
    serve("parent", argc > 1 ? argv[1] : "127.0.0.1:0");
    serve("again", "127.0.0.1:0");
    return fork() == 0 ? in_child() : 0;
}
