/* SPDX-License-Identifier: MIT */
/*
 * `measure OUTPUT [NAME=VALUE…] COMMAND…` runs a command with these variables set for it alone and
 * writes one line to OUTPUT: its status, wall, user and system seconds and peak memory in KiB, its
 * waited-for children included. Called by bench/bench for each run. A process of its own because a
 * child's peak memory begins with that of its parent, which for an interpreter would hide a small
 * program's.
 */
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static void fail(const char *what) {
    fprintf(stderr, "measure: %s: %s\n", what, strerror(errno));
    exit(1);
}

static double now_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double seconds(struct timeval time) {
    return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

/* Returns the wait status. */
static int run(char **command, double *wall, struct rusage *usage) {
    int status = 0;
    pid_t pid;
    *wall = now_seconds();
    errno = posix_spawnp(&pid, command[0], NULL, NULL, command, environ);
    if (errno != 0)
        fail(command[0]);
    if (wait4(pid, &status, 0, usage) != pid)
        fail("wait4");
    *wall = now_seconds() - *wall;
    return status;
}

int main(int argc, char **argv) {
    struct rusage usage;
    double wall;
    int status, first = 2;
    FILE *output;
    /* measure itself must not be started with, say, an LD_PRELOAD meant for the command. */
    while (first < argc && strchr(argv[first], '=') != NULL)
        putenv(argv[first++]);
    if (first >= argc) {
        fputs("usage: measure OUTPUT [NAME=VALUE...] COMMAND...\n", stderr);
        return 2;
    }
    status = run(argv + first, &wall, &usage);
    output = fopen(argv[1], "we");
    if (output == NULL)
        fail(argv[1]);
    fprintf(output, "%d %.6f %.6f %.6f %ld\n",
            WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status), wall,
            seconds(usage.ru_utime), seconds(usage.ru_stime), usage.ru_maxrss);
    if (fclose(output) != 0)
        fail(argv[1]);
    return 0;
}
