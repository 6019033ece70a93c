/* SPDX-License-Identifier: MIT */
/*
 * Promise: a program never sees a child process that it did not create: when it writes a profile
 * and when it ends, it gets no SIGCHLD, and no child from wait(). Argument: HOW it treats SIGCHLD:
 * handle, ignore, default; reap: it adopts orphans and always waits for any child in another
 * thread.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cinstr.h>

#pragma weak cinstr_write_profile

/* Fails also during the recorder's work after main(). */
static void handler(int number) {
    _exit(number != 0 ? 9 : 10);
}

static void *reap(void *argument) {
    for (;;) {
        if (waitpid(-1, NULL, WNOHANG) > 0)
            _exit(11);
    }
    return argument;
}

int main(int argc, char **argv) {
    const char *how = argc > 1 ? argv[1] : "default";
    pthread_t thread;
    if (strcmp(how, "handle") == 0)
        signal(SIGCHLD, handler);
    else if (strcmp(how, "ignore") == 0)
        signal(SIGCHLD, SIG_IGN);
    if (strcmp(how, "reap") == 0 &&
        (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pthread_create(&thread, NULL, reap, NULL) != 0))
        return 8;
    if (cinstr_write_profile != NULL) {
        const int fd = open(argv[2], O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        for (int i = 0; i < 5; i++) {
            if (lseek(fd, 0, SEEK_SET) != 0 || ftruncate(fd, 0) != 0 ||
                cinstr_write_profile("exact", fd) != 0)
                return 7;
        }
        close(fd);
    }
    return wait(NULL) != -1 || errno != ECHILD;
}
