/* SPDX-License-Identifier: MIT */
/*
 * Makes calls of known number and nesting, for tests of traces.
 *
 *     traced known              ends functions in each way, and makes marks and values; prints what
 *                               it did, a line for each event: B name, E, i name, C name value
 *     traced threads N          four threads call work() N times each
 *     traced spin N [limited]   calls work() N times, says so, and waits to be killed; limited: its
 *                               files may not grow beyond 4096 bytes
 */
#include <cinstr.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
#define UNTRACED __attribute__((no_instrument_function))

static jmp_buf way_out;
static volatile int sink;

UNTRACED static void say(const char *line) {
    if (write(1, line, strlen(line)) < 0)
        abort();
}

NOINLINE static void leaf(void) {
    say("B leaf\n");
    sink++;
    say("E\n");
}

NOINLINE static void jumps(void) {
    say("B jumps\n");
    leaf();
    say("E\nE\n"); /* the jump ends its caller, too */
    longjmp(way_out, 1);
}

NOINLINE static void is_jumped_over(void) {
    say("B is_jumped_over\n");
    jumps();
    sink++;
}

NOINLINE static void recurses(int depth) {
    say("B recurses\n");
    if (depth > 0)
        recurses(depth - 1);
    sink++;
    say("E\n");
}

NOINLINE static void known(void) {
    say("B known\n");
    leaf();
    if (setjmp(way_out) == 0)
        is_jumped_over();
    say("C items 7\n");
    cinstr_trace_value("items", 7);
    recurses(3);
    say("C items -8\n");
    cinstr_trace_value("items", -8);
    say("i half way \"there\"\n");
    cinstr_trace_event("half way \"there\"");
    leaf();
    say("E\n");
}

NOINLINE static void work(void) {
    sink++;
}

NOINLINE static void *works(void *argument) {
    for (long i = 0; i < (long)argument; i++)
        work();
    return NULL;
}

UNTRACED int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "known";
    const long count = argc > 2 ? atol(argv[2]) : 0;
    if (strcmp(what, "threads") == 0) {
        pthread_t threads[4];
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, works, (void *)count);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    } else if (strcmp(what, "spin") == 0) {
        const struct rlimit limit = {4096, 4096};
        if (argc > 3)
            setrlimit(RLIMIT_FSIZE, &limit);
        works((void *)count);
        say("done\n");
        pause();
    } else {
        known();
    }
    return 0;
}
