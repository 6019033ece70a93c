/* SPDX-License-Identifier: MIT */
/*
 * The threads that answer requests: as many as there have been requests under way at once, made
 * when one is needed and kept. They are made by whoever starts the server, since in a program of
 * which this is a guest, loaded apart, only the program's own C library can make threads. Called by
 * serve_http.c alone.
 */
#ifndef CINSTR_HTTP_SERVE_POOL_H
#define CINSTR_HTTP_SERVE_POOL_H

#include <stdbool.h>

/* Runs `run(argument)` on a thread of its own, which nobody joins. False: there is no thread. */
typedef bool serve_spawn(void (*run)(void *argument), void *argument);

struct serve_task {
    struct serve_task *next; /* the pool's own */
    void (*run)(struct serve_task *task);
};

/* Another thread, which stands beside the pool and ends by itself when it is told to. */
bool serve_pool_start(serve_spawn *spawn, void (*run)(void *argument), void *argument);

/* Runs the task on some thread, at once unless there are too many already. False: there is no
 * thread at all. */
bool serve_pool_give(struct serve_task *task);

/* Runs what is still to be run, and waits for the end of all threads. */
void serve_pool_stop(void);

#endif
