/* SPDX-License-Identifier: MIT */
/*
 * The server: connections and their limits, on libmicrohttpd, and how answers are made.
 * serve_endpoints.c has what can be asked for. Called by `cinstr serve` for all processes, and by
 * serve_door.c for its own process.
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
    const char *directory; /* directory of segments; NULL: the usual ones */
    /* The segment of the process that serves itself, and the function that brings it up to date;
     * NULL: all processes are served. */
    const void *segment;
    size_t segment_size;
    void (*refresh)(void);
    serve_spawn *spawn;
    /* Answers a request: serve_answer(). */
    enum MHD_Result (*answer)(struct serve_request *request);
    /* Private to the server. */
    struct MHD_Daemon *daemon;
    int listening, epoll;
    int stopping; /* readable once the server is to end */
    int answered; /* readable when requests have been answered since it was last read */
};

struct serve_request {
    struct serve_task task;
    struct MHD_Connection *connection;
    const struct serve *serve;
    const char *method, *path;
    char body[65536]; /* the body of a POST; NUL-terminated */
    size_t body_size;
    bool is_too_large;
    bool is_answered;
    unsigned status; /* of the answer */
    struct MHD_Response *response;
};

/* Serves on a listening socket until serve_stop(), which closes it. A process can have one
 * server. False: it cannot start. */
bool serve_start(struct serve *serve, int fd);
void serve_stop(struct serve *serve);

/* --- answers; each is the end of a request ---------------------------------------------------- */

typedef enum MHD_Result serve_result;

/* Answers with a copy of the text. */
serve_result serve_reply_text(struct serve_request *request, unsigned status, const char *type,
                              const char *text, size_t size);
/* Answers with an error in the way Go does, so that `go tool pprof` shows the text. */
serve_result serve_reply_error(struct serve_request *request, unsigned status, const char *format,
                               ...) __attribute__((format(printf, 3, 4)));
/* Answers with a file, from its start; the file is closed. `name`: the name of the download. */
serve_result serve_reply_file(struct serve_request *request, int fd, const char *type,
                              const char *name);
serve_result serve_reply_redirect(struct serve_request *request, const char *where);

/* Waits so long, or until the client leaves or the server ends. False in those cases. */
bool serve_wait(struct serve_request *request, double seconds);

#endif
