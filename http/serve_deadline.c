/* SPDX-License-Identifier: MIT */
/* See serve_deadline.h. */
#include "serve_deadline.h"

#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <time.h>

struct serve_deadline {
    int fd;
    bool is_used;
    double at; /* seconds of CLOCK_MONOTONIC */
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct serve_deadline deadlines[SERVE_CONNECTIONS];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

double serve_deadlines_pass(void) {
    const double time = now();
    double next = INFINITY;
    pthread_mutex_lock(&lock);
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
    pthread_mutex_unlock(&lock);
    return next - time;
}

struct serve_deadline *serve_deadline_new(int fd, double seconds) {
    struct serve_deadline *found = NULL;
    pthread_mutex_lock(&lock);
    for (size_t i = 0; i < SERVE_CONNECTIONS && found == NULL; i++) {
        if (!deadlines[i].is_used)
            found = &deadlines[i];
    }
    if (found != NULL)
        *found = (struct serve_deadline){.fd = fd, .is_used = true, .at = now() + seconds};
    pthread_mutex_unlock(&lock);
    return found;
}

void serve_deadline_set(struct serve_deadline *deadline, double seconds) {
    if (deadline == NULL)
        return;
    pthread_mutex_lock(&lock);
    deadline->at = now() + seconds;
    pthread_mutex_unlock(&lock);
}

void serve_deadline_free(struct serve_deadline *deadline) {
    if (deadline == NULL)
        return;
    pthread_mutex_lock(&lock);
    deadline->is_used = false;
    pthread_mutex_unlock(&lock);
}
