/* SPDX-License-Identifier: MIT */
/*
 * How long a connection may take, whatever it does meanwhile: libmicrohttpd drops those that are
 * silent, this those that trickle. Called by serve_http.c alone.
 */
#ifndef CINSTR_HTTP_SERVE_DEADLINE_H
#define CINSTR_HTTP_SERVE_DEADLINE_H

enum { SERVE_CONNECTIONS = 256 }; /* at a time */

struct serve_deadline;

/* A connection that has begun: it is shut down unless it ends, or is given more time, within so
 * many seconds. Its end must be told before its descriptor is closed. NULL: there are too many. */
struct serve_deadline *serve_deadline_new(int fd, double seconds);
void serve_deadline_set(struct serve_deadline *deadline, double seconds);
void serve_deadline_free(struct serve_deadline *deadline);

/* Shuts down what is due. Seconds until the next may be; INFINITY: there is none. */
double serve_deadlines_pass(void);

#endif
