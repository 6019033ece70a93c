/* SPDX-License-Identifier: MIT */
/*
 * `closes HOW DIRECTORY`: closes all descriptors but 0 to 2 (range: by close_range(); loop: one by
 * one; all: 0 to 2 as well; daemon: in a child, while the parent ends), then opens files of its own
 * under all these numbers, and works until DIRECTORY/stop exists.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FIRST = 3, LAST = 60 };

static volatile int sum;

__attribute__((noinline)) void leaf(void) {
    sum++;
}

__attribute__((noinline)) void work(int n) {
    for (int i = 0; i < n; i++)
        leaf();
}

static void mark(const char *directory, const char *name) {
    char path[512];
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    close(open(path, O_WRONLY | O_CREAT, 0600));
}

static int is_there(const char *directory, const char *name) {
    char path[512];
    struct stat status;
    snprintf(path, sizeof(path), "%s/%s", directory, name);
    return stat(path, &status) == 0;
}

static void close_all(const char *how) {
    const int first = strcmp(how, "all") == 0 ? 0 : FIRST;
    if (strcmp(how, "loop") == 0) {
        for (int fd = first; fd < 4096; fd++)
            close(fd);
    } else {
        close_range((unsigned)first, ~0U, 0);
    }
}

/* Opens a file under each free number and writes into it. All are written before one is read. */
static int take_numbers(const char *directory) {
    char path[512];
    for (int fd = 0; fd <= LAST; fd++) {
        if (fcntl(fd, F_GETFD) >= 0)
            continue;
        snprintf(path, sizeof(path), "%s/own.%d", directory, fd);
        if (open(path, O_RDWR | O_CREAT | O_TRUNC, 0600) != fd || write(fd, "own\n", 4) != 4)
            return -1;
    }
    return 0;
}

int main(int count, char **arguments) {
    const char *how = count > 2 ? arguments[1] : "", *directory = count > 2 ? arguments[2] : ".";
    work(1000);
    mark(directory, "begun");
    while (!is_there(directory, "go"))
        usleep(1000);
    if (strcmp(how, "daemon") == 0 && daemon(1, 1) != 0)
        return 1;
    close_all(how);
    if (take_numbers(directory) != 0)
        return 2;
    work(1000);
    mark(directory, "closed");
    while (!is_there(directory, "stop")) {
        work(1000);
        usleep(1000);
    }
    mark(directory, "ends");
    return 7;
}
