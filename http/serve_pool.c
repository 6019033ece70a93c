/* SPDX-License-Identifier: MIT */
/* See serve_pool.h. */
#include "serve_pool.h"

#include <locale.h>
#include <pthread.h>
#include <stddef.h>

enum { MOST_THREADS = 24 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_work = PTHREAD_COND_INITIALIZER, has_ended = PTHREAD_COND_INITIALIZER;
static struct {
    serve_spawn *spawn;
    struct serve_task *first, **last; /* waiting */
    unsigned threads, idle;
    bool is_stopped;
    void (*run_beside)(void *argument);
    void *argument;
} pool;

/* A thread made by another C library lacks the tables of characters of this one's; setting a
 * locale gives it those. */
static void begin_thread(void) {
    uselocale(LC_GLOBAL_LOCALE);
}

static void end_thread(void) {
    pool.threads--;
    pthread_cond_broadcast(&has_ended);
    pthread_mutex_unlock(&lock);
}

static void run_beside(void *unused) {
    (void)unused;
    begin_thread();
    pool.run_beside(pool.argument);
    pthread_mutex_lock(&lock);
    end_thread();
}

static struct serve_task *take(void) {
    struct serve_task *task = pool.first;
    if (task != NULL && (pool.first = task->next) == NULL)
        pool.last = &pool.first;
    return task;
}

static void work(void *unused) {
    (void)unused;
    begin_thread();
    pthread_mutex_lock(&lock);
    for (;;) {
        struct serve_task *task = take();
        if (task != NULL) {
            pthread_mutex_unlock(&lock);
            task->run(task);
            pthread_mutex_lock(&lock);
            continue;
        }
        if (pool.is_stopped)
            break;
        pool.idle++;
        pthread_cond_wait(&has_work, &lock);
        pool.idle--;
    }
    end_thread();
}

/* Call it with the lock held. */
static bool spawn(void (*run)(void *)) {
    pool.threads++;
    if (pool.spawn(run, NULL))
        return true;
    pool.threads--;
    return false;
}

bool serve_pool_start(serve_spawn *spawn_thread, void (*run)(void *argument), void *argument) {
    pthread_mutex_lock(&lock);
    pool.spawn = spawn_thread;
    pool.first = NULL;
    pool.last = &pool.first;
    pool.is_stopped = false;
    pool.run_beside = run;
    pool.argument = argument;
    const bool result = spawn(run_beside);
    pthread_mutex_unlock(&lock);
    return result;
}

bool serve_pool_give(struct serve_task *task) {
    pthread_mutex_lock(&lock);
    const bool is_room = pool.threads <= MOST_THREADS; /* including the separate one */
    if (pool.idle == 0 && is_room && !spawn(work) && pool.threads <= 1) {
        pthread_mutex_unlock(&lock);
        return false;
    }
    task->next = NULL;
    *pool.last = task;
    pool.last = &task->next;
    pthread_cond_signal(&has_work);
    pthread_mutex_unlock(&lock);
    return true;
}

void serve_pool_stop(void) {
    pthread_mutex_lock(&lock);
    pool.is_stopped = true;
    pthread_cond_broadcast(&has_work);
    while (pool.threads > 0)
        pthread_cond_wait(&has_ended, &lock);
    pthread_mutex_unlock(&lock);
}
