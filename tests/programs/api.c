/* SPDX-License-Identifier: MIT */
/*
 * Promise: the public interface records exactly what it says: start, stop, reset, labels, profiles
 * before the end. Compiles as C and as C++. Argument: a directory for the profiles that are
 * written before the end. Run with start=0.
 */
#include <cinstr.h>

#include <fcntl.h>
#include <pthread.h>

#include "said.h"

static volatile int sink;

NOINLINE static void leaf(void) {
    sink = sink + 1;
}

NOINLINE static void work(int calls) {
    for (int i = 0; i < calls; i++)
        leaf();
}

QUIET static void expect_error(int result, int expected, const char *what) {
    must(result == -1 && errno == expected, what);
}

QUIET static void try_errors(void) {
    expect_error(cinstr_write_profile("flat", 1), EINVAL, "an unknown kind");
    expect_error(cinstr_write_profile(NULL, 1), EINVAL, "no kind");
    expect_error(cinstr_write_profile_to("exact", "/nonexistent/file"), ENOENT,
                 "no such directory");
    expect_error(cinstr_set_label(NULL, "value"), EINVAL, "a label without a key");
    expect_error(
        cinstr_set_label("a key of more than sixty-three characters is more than is ever kept",
                         "value"),
        EINVAL, "a label's key that is too long");
}

QUIET static void *write_exact(void *path) {
    must(cinstr_write_profile_to("exact", (const char *)path) == 0, (const char *)path);
    return NULL;
}

QUIET static void *write_edges(void *path) {
    int fd = open((const char *)path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    must(fd >= 0 && cinstr_write_profile("edges", fd) == 0 && close(fd) == 0, (const char *)path);
    return NULL;
}

/* Each profile is written by a new thread, the last one by main. The first of them loads the
 * writer. */
QUIET static void write_both(const char *directory) {
    char path[512];
    pthread_t thread;
    snprintf(path, sizeof(path), "%s/middle.pb.gz", directory);
    must(pthread_create(&thread, NULL, write_exact, path) == 0, "a thread");
    pthread_join(thread, NULL);
    snprintf(path, sizeof(path), "%s/edges.pb.gz", directory);
    must(pthread_create(&thread, NULL, write_edges, path) == 0, "a thread");
    pthread_join(thread, NULL);
}

NOINLINE static void labelled(void) {
    must(cinstr_set_label("request", "search") == 0, "cinstr_set_label");
    work(20);
    must(cinstr_set_label("request", "index") == 0, "cinstr_set_label");
    work(30);
    must(cinstr_set_label("request", NULL) == 0, "cinstr_set_label");
    work(2);
}

int main(int argc, char **argv) {
    must(argc == 2, "usage: api DIRECTORY");
    must(cinstr_version()[0] != '\0', "cinstr_version");
    work(1000); /* not recorded: before cinstr_start() */
    cinstr_start();
    work(300);
    cinstr_reset();
    work(7);
    write_both(argv[1]);
    labelled();
    cinstr_stop();
    work(5000); /* not recorded: after cinstr_stop() */
    try_errors();
    say("-", "work", 1);
    say("work", "leaf", 7 + 20 + 30 + 2);
    say("-", "labelled", 1);
    say("labelled", "work", 3);
    return 0;
}
