/* SPDX-License-Identifier: MIT */
/*
 * Promise: after kill -9 at any moment the segment has every call before it, but for at most one
 * event of each thread. The two threads count their calls of leaf() in the file named by the
 * argument, one 64-bit word each, just before they make them. They run until they are killed.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <sys/mman.h>

#include "said.h"

static volatile uint64_t *counts;
static volatile int sink;

NOINLINE static void leaf_0(void) {
    sink++;
}

NOINLINE static void leaf_1(void) {
    sink++;
}

static void *work_1(void *unused) {
    for (;;) {
        counts[1]++;
        leaf_1();
    }
    return unused;
}

int main(int argc, char **argv) {
    pthread_t thread;
    int fd = argc == 2 ? open(argv[1], O_RDWR) : -1;
    must(fd >= 0, "usage: killed FILE");
    void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    must(page != MAP_FAILED, "mmap");
    counts = page;
    must(pthread_create(&thread, NULL, work_1, NULL) == 0, "pthread_create");
    for (;;) {
        counts[0]++;
        leaf_0();
    }
}
