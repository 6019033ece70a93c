/* SPDX-License-Identifier: MIT */
/*
 * The threads that answer requests: as many as there were requests at once, made when needed and
 * kept. Whoever starts the server makes them: in a program that has loaded this library into a
 * namespace of its own, only the program's own C library can make threads. Called by serve_http.c
 * alone.
 */
#ifndef CINSTR_HTTP_SERVE_POOL_H
#define CINSTR_HTTP_SERVE_POOL_H

#include <stdbool.h>

/* Calls `run(argument)` on a new thread, which is never joined. False: no thread can be made. */
typedef bool serve_spawn(void (*run)(void *argument), void *argument);

struct serve_task {
    struct serve_task *next; /* private to the pool */
    void (*run)(struct serve_task *task);
};

/* Starts a separate thread, which does no tasks and ends when it is told to. */
bool serve_pool_start(serve_spawn *spawn, void (*run)(void *argument), void *argument);

/* Runs the task on some thread, at once unless there are too many already. False: there is no
 * thread. */
bool serve_pool_give(struct serve_task *task);

/* Runs the remaining tasks, and waits until all threads have ended. */
void serve_pool_stop(void);

#endif
