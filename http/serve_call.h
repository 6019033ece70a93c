/* SPDX-License-Identifier: MIT */
/*
 * A request of one process, as endpoints see it: what it asks for, the segment that it is about,
 * and how an answer is made of what the reader can do. Used by serve_*.c of this room alone.
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
    uint32_t pid;     /* 0: the process that serves */
    int fd;           /* its segment, open: it stays readable when the process ends; -1 none */
    const char *name; /* of the segment, for messages */
};

struct serve_endpoint {
    const char *name, *description;
    const char *kind; /* of a profile; NULL: another thing */
    serve_result (*answer)(const struct serve_call *call);
};

#define SERVE_TEXT   "text/plain; charset=utf-8"
#define SERVE_HTML   "text/html; charset=utf-8"
#define SERVE_JSON   "application/json"
#define SERVE_BINARY "application/octet-stream"

/* --- what is asked ---------------------------------------------------------------------------- */

/* Of the query; "" where it is not there. */
const char *serve_argument(const struct serve_call *call, const char *name);

/* As Go reads numbers: anything else is 0. */
long long serve_number(const char *text);

/* --- what there is to say --------------------------------------------------------------------- */

/* Of now. NULL with `error` filled. */
struct snapshot *serve_snapshot(const struct serve_call *call, struct error *error);
struct profile *serve_profile(const struct serve_call *call, const char *kind, struct error *error);

/* --- answers ---------------------------------------------------------------------------------- */

/* What went wrong, behind the words that Go has for it. */
serve_result serve_failed(const struct serve_call *call, const char *words,
                          const struct error *error);

/* What `write` makes of `what`, to be saved as `name`; `words` as above. */
typedef int serve_writer(const void *what, int fd, struct error *error);
serve_result serve_written(const struct serve_call *call, serve_writer *write, const void *what,
                           const char *name, const char *words);

/* What `print` prints. */
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
