/* SPDX-License-Identifier: MIT */
/*
 * Promise: threads may use every part of the recorder at the same time, while threads begin, call
 * and end: new contexts, labels, own stacks, start, stop, reset, profiles, forks. After a last
 * reset every call is counted. Argument: ROUNDS.
 */
#include <cinstr.h>

#include <pthread.h>
#include <sys/wait.h>

#include "said.h"

enum { WORKERS = 3, DEPTH = 6, LAST = 1000 };

static volatile int keeps_on = 1;
static __thread volatile int sink;

NOINLINE static void leaf(void) {
    sink++;
}

/* Each level calls the next from three places, which makes 3^DEPTH contexts. */
NOINLINE static void tree(unsigned depth) {
    if (depth == 0) {
        leaf();
        return;
    }
    tree(depth - 1);
    sink++;
    tree(depth - 1);
    sink++;
    tree(depth - 1);
}

NOINLINE static void deep(unsigned depth) {
    if (depth > 0)
        deep(depth - 1);
    sink++;
}

/* A thread without a call yet cannot be labelled while recording is stopped. */
QUIET static int is_labelled(const char *value) {
    return cinstr_set_label("number", value) == 0 || errno == ENOTSUP;
}

NOINLINE static void label(unsigned number) {
    char value[16];
    snprintf(value, sizeof(value), "%u", number % 5);
    must(is_labelled(value), "cinstr_set_label");
    leaf();
    must(is_labelled(NULL), "cinstr_set_label");
}

static void *short_lived(void *number) {
    label((unsigned)(size_t)number);
    tree(DEPTH);
    deep(3000);
    return NULL;
}

QUIET static void *begin_and_end(void *rounds) {
    for (size_t i = 0; i < (size_t)rounds; i++) {
        pthread_t thread;
        must(pthread_create(&thread, NULL, short_lived, (void *)i) == 0, "pthread_create");
        must(pthread_join(thread, NULL) == 0, "pthread_join");
    }
    return NULL;
}

QUIET static int is_on(void) {
    return __atomic_load_n(&keeps_on, __ATOMIC_RELAXED);
}

QUIET static void *control(void *unused) {
    while (is_on()) {
        cinstr_stop();
        leaf();
        cinstr_start();
        leaf();
        cinstr_reset();
        leaf();
    }
    return unused;
}

QUIET static void *write_profiles(void *unused) {
    while (is_on())
        must(cinstr_write_profile_to("exact", "/dev/null") == 0, "cinstr_write_profile_to");
    return unused;
}

QUIET static void *make_children(void *unused) {
    while (is_on()) {
        const pid_t pid = fork();
        if (pid == 0) {
            leaf();
            _exit(0);
        }
        must(pid > 0 && waitpid(pid, NULL, 0) == pid, "fork");
    }
    return unused;
}

int main(int argc, char **argv) {
    static void *(*const others[])(void *) = {control, write_profiles, make_children};
    enum { OTHERS = sizeof(others) / sizeof(*others) };
    pthread_t workers[WORKERS], other[OTHERS];

    must(argc == 2, "usage: at_once ROUNDS");
    const size_t rounds = number(argv[1]);
    for (int i = 0; i < OTHERS; i++)
        must(pthread_create(&other[i], NULL, others[i], NULL) == 0, "pthread_create");
    for (int i = 0; i < WORKERS; i++)
        must(pthread_create(&workers[i], NULL, begin_and_end, (void *)rounds) == 0,
             "pthread_create");
    for (int i = 0; i < WORKERS; i++)
        pthread_join(workers[i], NULL);
    __atomic_store_n(&keeps_on, 0, __ATOMIC_RELAXED);
    for (int i = 0; i < OTHERS; i++)
        pthread_join(other[i], NULL);
    cinstr_start();
    cinstr_reset();
    for (int i = 0; i < LAST; i++)
        leaf();
    say("main", "leaf", LAST);
    return 0;
}
