/* SPDX-License-Identifier: MIT */
/*
 * Promise: 10,000 threads at once and then 100,000 one after another are all recorded exactly, and
 * the second half of the latter needs no more memory than the first: the segment, which is found in
 * DIRECTORY, does not grow. Arguments: DIRECTORY AT_ONCE ONE_AFTER_ANOTHER.
 */
#include <dirent.h>
#include <pthread.h>
#include <sys/stat.h>

#include "said.h"

static pthread_barrier_t all_started;
static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

static void *at_once(void *unused) {
    leaf();
    pthread_barrier_wait(&all_started);
    leaf();
    return unused;
}

static void *alone(void *unused) {
    leaf();
    return unused;
}

QUIET static long segment_blocks(const char *directory) {
    DIR *dir = opendir(directory);
    struct dirent *entry;
    long blocks = 0;
    must(dir != NULL, directory);
    while ((entry = readdir(dir)) != NULL) {
        struct stat status;
        if (fstatat(dirfd(dir), entry->d_name, &status, 0) == 0 && S_ISREG(status.st_mode))
            blocks += (long)status.st_blocks;
    }
    closedir(dir);
    return blocks;
}

QUIET static void run_alone(int count, const pthread_attr_t *attributes) {
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        must(pthread_create(&thread, attributes, alone, NULL) == 0, "pthread_create");
        pthread_join(thread, NULL);
    }
}

int main(int argc, char **argv) {
    must(argc == 4, "usage: thread_storm DIRECTORY AT_ONCE ONE_AFTER_ANOTHER");
    const int crowd = (int)number(argv[2]), row = (int)number(argv[3]);
    pthread_t *threads = malloc((size_t)crowd * sizeof(*threads));
    pthread_attr_t attributes;

    must(threads != NULL, "malloc");
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 32768);
    pthread_barrier_init(&all_started, NULL, (unsigned)crowd);
    for (int i = 0; i < crowd; i++)
        must(pthread_create(&threads[i], &attributes, at_once, NULL) == 0, "pthread_create");
    for (int i = 0; i < crowd; i++)
        pthread_join(threads[i], NULL);
    run_alone(row / 2, &attributes);
    const long half = segment_blocks(argv[1]);
    run_alone(row / 2, &attributes);
    printf("segment %s, grew by %ld\n", half > 0 ? "found" : "not found",
           segment_blocks(argv[1]) - half);
    say("-", "main", 1);
    say("-", "at_once", (unsigned)crowd);
    say("at_once", "leaf", 2u * (unsigned)crowd);
    say("-", "alone", (unsigned)row / 2 * 2);
    say("alone", "leaf", (unsigned)row / 2 * 2);
    return 0;
}
