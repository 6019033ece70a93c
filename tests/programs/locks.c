/* SPDX-License-Identifier: MIT */
/*
 * Waits of known number and length, for tests of block and mutex profiles. A second thread waits in
 * one function after the other. When the first thread sees it asleep, it waits 3 ms and ends the
 * wait. Prints NAME WAITS NANOSECONDS for each function that waits, as the function itself
 * measured, and for locks the same with `held NAME`, for the function that held them.
 *
 *     locks           all of these waits
 *     locks cancel    a thread is cancelled while it waits
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#define NOINLINE __attribute__((noinline))
#define UNTRACED __attribute__((no_instrument_function))
#define WAITS    10
#define HOLD_NS  3000000u

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_cond_t condition = PTHREAD_COND_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t semaphore;
static mtx_t c11;
static int ends[2];
static _Atomic pid_t waiter; /* 0: the thread is not about to wait */
static _Atomic int turn;
static uint64_t measured;

UNTRACED static uint64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

UNTRACED static bool is_asleep(pid_t thread) {
    char path[64], text[256];
    const char *state;
    long fd, got;
    snprintf(path, sizeof(path), "/proc/self/task/%d/stat", (int)thread);
    fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY);
    got = syscall(SYS_read, fd, text, sizeof(text) - 1);
    syscall(SYS_close, fd);
    text[got > 0 ? got : 0] = '\0';
    state = strrchr(text, ')');
    return state != NULL && state[2] == 'S';
}

/* Returns 3 ms after the other thread has gone to sleep. */
UNTRACED static void await_waiter(void) {
    while (waiter == 0)
        sched_yield();
    while (!is_asleep(waiter))
        sched_yield();
    for (const uint64_t until = now() + HOLD_NS; now() < until;) {
    }
}

/* Measures a call that waits. */
#define MEASURED(call)                                                                             \
    do {                                                                                           \
        const uint64_t begin = now();                                                              \
        call;                                                                                      \
        measured += now() - begin;                                                                 \
        waiter = 0;                                                                                \
    } while (0)

UNTRACED static void about_to_wait(void) {
    waiter = (pid_t)syscall(SYS_gettid);
}

UNTRACED static void await_turn(int number) {
    while (turn != number)
        sched_yield();
}

/* --- functions that wait ---------------------------------------------------------------------- */

NOINLINE static void waits_for_mutex(void) {
    about_to_wait();
    MEASURED(pthread_mutex_lock(&mutex));
    pthread_mutex_unlock(&mutex);
}

NOINLINE static void waits_to_read(void) {
    about_to_wait();
    MEASURED(pthread_rwlock_rdlock(&rwlock));
    pthread_rwlock_unlock(&rwlock);
}

NOINLINE static void waits_to_write(void) {
    about_to_wait();
    MEASURED(pthread_rwlock_wrlock(&rwlock));
    pthread_rwlock_unlock(&rwlock);
}

NOINLINE static void waits_for_c11(void) {
    about_to_wait();
    MEASURED(mtx_lock(&c11));
    mtx_unlock(&c11);
}

NOINLINE static void waits_for_condition(void) {
    pthread_mutex_lock(&mutex);
    about_to_wait();
    MEASURED(pthread_cond_wait(&condition, &mutex));
    pthread_mutex_unlock(&mutex);
}

NOINLINE static void waits_for_semaphore(void) {
    about_to_wait();
    MEASURED(sem_wait(&semaphore));
}

NOINLINE static void waits_at_barrier(void) {
    about_to_wait();
    MEASURED(pthread_barrier_wait(&barrier));
}

NOINLINE static void waits_for_input(void) {
    char byte;
    about_to_wait();
    MEASURED(if (read(ends[0], &byte, 1) != 1) abort());
}

/* --- functions that end a wait ---------------------------------------------------------------- */

NOINLINE static void holds_mutex(int number) {
    pthread_mutex_lock(&mutex);
    turn = number;
    await_waiter();
    pthread_mutex_unlock(&mutex);
}

NOINLINE static void holds_to_write(int number) {
    pthread_rwlock_wrlock(&rwlock);
    turn = number;
    await_waiter();
    pthread_rwlock_unlock(&rwlock);
}

NOINLINE static void holds_to_read(int number) {
    pthread_rwlock_rdlock(&rwlock);
    turn = number;
    await_waiter();
    pthread_rwlock_unlock(&rwlock);
}

NOINLINE static void holds_c11(int number) {
    mtx_lock(&c11);
    turn = number;
    await_waiter();
    mtx_unlock(&c11);
}

NOINLINE static void signals(int number) {
    turn = number;
    await_waiter();
    pthread_mutex_lock(&mutex); /* free: who waits for a condition has unlocked it */
    pthread_cond_signal(&condition);
    pthread_mutex_unlock(&mutex);
}

NOINLINE static void posts(int number) {
    turn = number;
    await_waiter();
    sem_post(&semaphore);
}

NOINLINE static void meets(int number) {
    turn = number;
    await_waiter();
    pthread_barrier_wait(&barrier);
}

NOINLINE static void writes(int number) {
    turn = number;
    await_waiter();
    if (write(ends[1], "", 1) != 1)
        abort();
}

static const struct pair {
    const char *name, *holder; /* NULL: nobody holds a lock */
    void (*wait)(void);
    void (*release)(int number);
} pairs[] = {
    {"waits_for_mutex", "holds_mutex", waits_for_mutex, holds_mutex},
    {"waits_to_read", "holds_to_write", waits_to_read, holds_to_write},
    {"waits_to_write", "holds_to_read", waits_to_write, holds_to_read},
    {"waits_for_c11", "holds_c11", waits_for_c11, holds_c11},
    {"waits_for_condition", NULL, waits_for_condition, signals},
    {"waits_for_semaphore", NULL, waits_for_semaphore, posts},
    {"waits_at_barrier", NULL, waits_at_barrier, meets},
    {"waits_for_input", NULL, waits_for_input, writes},
};
#define PAIRS ((int)(sizeof(pairs) / sizeof(pairs[0])))

UNTRACED static void *wait_in_turn(void *argument) {
    for (int i = 0; i < PAIRS * WAITS; i++) {
        const struct pair *pair = &pairs[i / WAITS];
        await_turn(i + 1);
        pair->wait();
        if (i % WAITS == WAITS - 1) {
            printf("%s %d %llu\n", pair->name, WAITS, (unsigned long long)measured);
            if (pair->holder != NULL)
                printf("held %s %d %llu\n", pair->holder, WAITS, (unsigned long long)measured);
            measured = 0;
        }
        turn = 0;
    }
    return argument;
}

/* --- calls that do not wait, and main() ------------------------------------------------------- */

NOINLINE static void never_waits(void) {
    char bytes[100] = "";
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        pthread_mutex_unlock(&mutex);
        sem_post(&semaphore);
        sem_wait(&semaphore);
    }
    if (write(ends[1], bytes, sizeof(bytes)) != sizeof(bytes))
        abort();
    for (int i = 0; i < 100; i++) {
        if (read(ends[0], bytes, 1) != 1)
            abort();
    }
}

NOINLINE static void sleeps(void) {
    const struct timespec time = {0, 2000000};
    for (int i = 0; i < 5; i++)
        nanosleep(&time, NULL);
    printf("sleeps 5 %llu\n", 5 * 2000000ull);
}

NOINLINE static void joins(pthread_t thread) {
    pthread_join(thread, NULL);
}

NOINLINE static void *waits_in_vain(void *argument) {
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push((void (*)(void *))pthread_mutex_unlock, &mutex);
    about_to_wait();
    pthread_cond_wait(&condition, &mutex);
    pthread_cleanup_pop(1);
    return argument;
}

static int cancel(void) {
    pthread_t thread;
    void *result;
    pthread_create(&thread, NULL, waits_in_vain, NULL);
    await_waiter();
    pthread_cancel(thread);
    pthread_join(thread, &result);
    return result == PTHREAD_CANCELED ? 0 : 1;
}

int main(int argc, char **argv) {
    pthread_t thread;
    if (argc > 1 && strcmp(argv[1], "cancel") == 0)
        return cancel();
    sem_init(&semaphore, 0, 0);
    pthread_barrier_init(&barrier, NULL, 2);
    mtx_init(&c11, mtx_plain);
    if (pipe(ends) != 0)
        return 1;
    pthread_create(&thread, NULL, wait_in_turn, NULL);
    for (int i = 0; i < PAIRS * WAITS; i++) {
        pairs[i / WAITS].release(i + 1);
        await_turn(0);
    }
    joins(thread);
    never_waits();
    sleeps();
    return 0;
}
