/* SPDX-License-Identifier: MIT */
/*
 * A request for one process, as endpoints see it: what it asks for, the process's segment, and the
 * ways to answer. Used by serve_*.c of this folder alone.
 */
#ifndef CINSTR_HTTP_SERVE_CALL_H
#define CINSTR_HTTP_SERVE_CALL_H

#include <stdio.h>

#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"
#include "serve_http.h"

struct serve_call {
    struct serve_request *request;
    const struct serve_endpoint *endpoint;
    uint32_t pid;     /* 0: the process that serves itself */
    int fd;           /* its open segment, readable even after the process has ended; -1 none */
    const char *name; /* the segment's name, for messages */
};

struct serve_endpoint {
    const char *name, *description;
    const char *kind; /* the kind of profile; NULL: the endpoint is something else */
    serve_result (*answer)(const struct serve_call *call);
};

#define SERVE_TEXT   "text/plain; charset=utf-8"
#define SERVE_HTML   "text/html; charset=utf-8"
#define SERVE_JSON   "application/json"
#define SERVE_BINARY "application/octet-stream"

/* --- what is asked ---------------------------------------------------------------------------- */

/* A parameter of the query; "" if it is not there. */
const char *serve_argument(const struct serve_call *call, const char *name);

/* A number, parsed as Go does: anything else is 0. */
long long serve_number(const char *text);

/* --- what there is to say --------------------------------------------------------------------- */

/* A snapshot taken now. NULL with `error` filled. */
struct snapshot *serve_snapshot(const struct serve_call *call, struct error *error);
struct profile *serve_profile(const struct serve_call *call, const char *kind, struct error *error);

/* --- answers ---------------------------------------------------------------------------------- */

/* Answers with an error, after the words that Go uses. */
serve_result serve_failed(const struct serve_call *call, const char *words,
                          const struct error *error);

/* Answers with what `write` makes of `what`, as a download named `name`; `words` as above. */
typedef int serve_writer(const void *what, int fd, struct error *error);
serve_result serve_written(const struct serve_call *call, serve_writer *write, const void *what,
                           const char *name, const char *words);

/* Answers with what `print` prints. */
typedef void serve_printer(FILE *out, const void *context);
serve_result serve_printed(struct serve_request *request, const char *type, serve_printer *print,
                           const void *context);

/* --- the endpoints, a file each --------------------------------------------------------------- */

serve_result serve_answer_profile(const struct serve_call *call); /* serve_profiles.c */
serve_result serve_answer_cpu(const struct serve_call *call);
serve_result serve_answer_threads(const struct serve_call *call); /* serve_threads.c */
serve_result serve_answer_trace(const struct serve_call *call);   /* serve_trace.c */
serve_result serve_answer_cmdline(const struct serve_call *call); /* serve_facts.c */
serve_result serve_answer_symbol(const struct serve_call *call);
serve_result serve_answer_view(const struct serve_call *call); /* serve_view.c */
serve_result serve_answer_data(const struct serve_call *call);

#endif
