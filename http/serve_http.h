/* SPDX-License-Identifier: MIT */
/*
 * The server: connections and their limits, on libmicrohttpd, and what an answer is made of. What
 * there is to ask for is in serve_endpoints.c. Called by `cinstr serve` for all processes, and by
 * serve_door.c for the one that it is part of.
 */
#ifndef CINSTR_HTTP_SERVE_HTTP_H
#define CINSTR_HTTP_SERVE_HTTP_H

#include <microhttpd.h>
#include <stdbool.h>
#include <stddef.h>

#include "serve_address.h"
#include "serve_pool.h"

struct serve_request;

struct serve {
    struct serve_address address;
    const char *directory; /* of segments; NULL the usual places */
    /* The one segment of the process that serves itself, and what brings it up to date; NULL: all
     * processes' are served. */
    const void *segment;
    size_t segment_size;
    void (*refresh)(void);
    serve_spawn *spawn;
    /* Answers a request: serve_answer(). */
    enum MHD_Result (*answer)(struct serve_request *request);
    /* The server's own. */
    struct MHD_Daemon *daemon;
    int listening, epoll;
    int stopping; /* readable from the end on */
    int answered; /* readable when requests have been answered since it was read */
};

struct serve_request {
    struct serve_task task;
    struct MHD_Connection *connection;
    const struct serve *serve;
    const char *method, *path;
    char body[65536]; /* of a POST; NUL-terminated */
    size_t body_size;
    bool is_too_large;
    bool is_answered;
    unsigned status; /* of the answer */
    struct MHD_Response *response;
};

/* Serves on a listening socket until serve_stop(), which closes it. One server a process. False: it
 * cannot begin. */
bool serve_start(struct serve *serve, int fd);
void serve_stop(struct serve *serve);

/* --- answers; each is the end of a request ---------------------------------------------------- */

typedef enum MHD_Result serve_result;

/* A copy of the text. */
serve_result serve_reply_text(struct serve_request *request, unsigned status, const char *type,
                              const char *text, size_t size);
/* As Go says that something is wrong, so that `go tool pprof` shows the words. */
serve_result serve_reply_error(struct serve_request *request, unsigned status, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));
/* What the file holds, from its start; it is closed. `name`: to save it under. */
serve_result serve_reply_file(struct serve_request *request, int fd, const char *type,
                              const char *name);
serve_result serve_reply_redirect(struct serve_request *request, const char *where);

/* Waits so long, but no longer than the client and the server do. False: one of them is gone. */
bool serve_wait(struct serve_request *request, double seconds);

#endif
