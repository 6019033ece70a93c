/* SPDX-License-Identifier: MIT */
/* See serve_deadline.h. */
#include "serve_deadline.h"

#include <math.h>
#include <pthread.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

struct serve_deadline {
    int fd;
    bool is_used;
    double at; /* seconds of CLOCK_MONOTONIC */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t has_changed;
static pthread_t thread;
static bool is_stopped;
static struct serve_deadline deadlines[SERVE_CONNECTIONS];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Shuts down what is due. When the next one is. */
static double pass(void) {
    const double time = now();
    double next = INFINITY;
    for (size_t i = 0; i < SERVE_CONNECTIONS; i++) {
        struct serve_deadline *deadline = &deadlines[i];
        if (!deadline->is_used)
            continue;
        if (deadline->at <= time) {
            shutdown(deadline->fd, SHUT_RDWR);
            deadline->at = INFINITY;
        }
        next = fmin(next, deadline->at);
    }
    return next;
}

static void *watch(void *context) {
    (void)context;
    pthread_mutex_lock(&lock);
    while (!is_stopped) {
        const double next = pass();
        const struct timespec until = {.tv_sec = isinf(next) ? 0 : (time_t)next + 1};
        if (isinf(next))
            pthread_cond_wait(&has_changed, &lock);
        else
            pthread_cond_timedwait(&has_changed, &lock, &until);
    }
    pthread_mutex_unlock(&lock);
    return NULL;
}

bool serve_deadlines_start(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&has_changed, &attributes);
    pthread_condattr_destroy(&attributes);
    is_stopped = false;
    return pthread_create(&thread, NULL, watch, NULL) == 0;
}

void serve_deadlines_stop(void) {
    pthread_mutex_lock(&lock);
    is_stopped = true;
    pthread_cond_signal(&has_changed);
    pthread_mutex_unlock(&lock);
    pthread_join(thread, NULL);
}

static void set(struct serve_deadline *deadline, double seconds) {
    deadline->at = now() + seconds;
    pthread_cond_signal(&has_changed);
}

struct serve_deadline *serve_deadline_new(int fd, double seconds) {
    struct serve_deadline *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < SERVE_CONNECTIONS && found == NULL; i++) {
        if (!deadlines[i].is_used)
            found = &deadlines[i];
    }
    if (found != NULL) {
        *found = (struct serve_deadline){.fd = fd, .is_used = true};
        set(found, seconds);
    }
    pthread_mutex_unlock(&lock);
    return found;
}

void serve_deadline_set(struct serve_deadline *deadline, double seconds) {
    if (deadline == NULL)
        return;
    pthread_mutex_lock(&lock);
    set(deadline, seconds);
    pthread_mutex_unlock(&lock);
}

void serve_deadline_free(struct serve_deadline *deadline) {
    if (deadline == NULL)
        return;
    pthread_mutex_lock(&lock);
    deadline->is_used = false;
    pthread_mutex_unlock(&lock);
}
