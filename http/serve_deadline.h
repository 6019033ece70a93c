/* SPDX-License-Identifier: MIT */
/*
 * How long a connection may take, whatever it does meanwhile: libmicrohttpd drops those that are
 * silent, this those that trickle. One thread, asleep until the next is due. Called by serve_http.c
 * alone.
 */
#ifndef CINSTR_HTTP_SERVE_DEADLINE_H
#define CINSTR_HTTP_SERVE_DEADLINE_H

#include <stdbool.h>

enum { SERVE_CONNECTIONS = 256 }; /* at a time */

/* False: no thread. */
bool serve_deadlines_start(void);
void serve_deadlines_stop(void);

struct serve_deadline;

/* A connection that has begun: it is shut down unless it ends, or is given more time, within so
 * many seconds. Its end must be told before its descriptor is closed. NULL: there are too many. */
struct serve_deadline *serve_deadline_new(int fd, double seconds);
void serve_deadline_set(struct serve_deadline *deadline, double seconds);
void serve_deadline_free(struct serve_deadline *deadline);

#endif
