/* SPDX-License-Identifier: MIT */
/*
 * Promise: a thread with the smallest possible stack may end the process by exit(), and the profile
 * is complete.
 */
#include <limits.h>
#include <pthread.h>

#include "said.h"

static volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

static void *leave(void *unused) {
    leaf();
    exit(0);
    return unused;
}

int main(void) {
    pthread_attr_t attributes;
    pthread_t thread;
    say("-", "main", 1);
    say("-", "leave", 1);
    say("leave", "leaf", 1);
    must(pthread_attr_init(&attributes) == 0, "pthread_attr_init");
    must(pthread_attr_setstacksize(&attributes, PTHREAD_STACK_MIN) == 0, "stack size");
    must(pthread_create(&thread, &attributes, leave, NULL) == 0, "pthread_create");
    pthread_join(thread, NULL);
    return 1;
}
