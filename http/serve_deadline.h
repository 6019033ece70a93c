/* SPDX-License-Identifier: MIT */
/*
 * How long a connection may take in all. libmicrohttpd drops connections that are silent; this file
 * drops those that send or read too slowly. Called by serve_http.c alone.
 */
#ifndef CINSTR_HTTP_SERVE_DEADLINE_H
#define CINSTR_HTTP_SERVE_DEADLINE_H

enum { SERVE_CONNECTIONS = 256 }; /* connections at a time */

struct serve_deadline;

/* Registers a connection: it is shut down unless it ends, or gets more time, within so many
 * seconds. Unregister it before its descriptor is closed. NULL: there are too many. */
struct serve_deadline *serve_deadline_new(int fd, double seconds);
void serve_deadline_set(struct serve_deadline *deadline, double seconds);
void serve_deadline_free(struct serve_deadline *deadline);

/* Shuts down the connections that are due. Returns the seconds until the next one is; INFINITY:
 * there is none. */
double serve_deadlines_pass(void);

#endif
