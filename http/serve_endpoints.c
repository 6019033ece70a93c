/* SPDX-License-Identifier: MIT */
/*
 * The endpoints: those of Go's net/http/pprof, so that clients of a Go service work with this one,
 * and our own. Each endpoint is a row. In the program itself they are under /debug/pprof/; in
 * `cinstr serve` under /PID/debug/pprof/ for each process.
 */
#include "serve_endpoints.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "reader/snapshot/segments.h"
#include "serve_call.h"
#include "serve_text.h"

/* --- which there are -------------------------------------------------------------------------- */

static serve_result answer_index(const struct serve_call *call);

static const struct serve_endpoint endpoints[] = {
    {"", "", NULL, answer_index},
    {"allocs", "every allocation since the start, by context (heap=)", "allocs",
     serve_answer_profile},
    {"block", "waits, by the context that waits (block=)", "block", serve_answer_profile},
    {"cmdline", "the command line", NULL, serve_answer_cmdline},
    {"edges", "exact calls, one sample a call edge", "edges", serve_answer_profile},
    {"exact", "exact calls and times, one sample a calling context", "exact", serve_answer_profile},
    {"goroutine", "where each thread is now (?debug=2: as stacks)", NULL, serve_answer_threads},
    {"heap", "memory in use, by the context that allocated it (heap=)", "heap",
     serve_answer_profile},
    {"mutex", "waits for locks, by the context that held them (mutex=)", "mutex",
     serve_answer_profile},
    {"profile", "CPU time sampled for ?seconds=30 (sample=)", NULL, serve_answer_cpu},
    {"symbol", "names of addresses", NULL, serve_answer_symbol},
    {"threadcreate", "threads that are recorded now, by where each began", "threadcreate",
     serve_answer_profile},
    {"trace", "entries and exits of ?seconds=1 (trace=, trace_ring=)", NULL, serve_answer_trace},
    {"view/", "a page to look at: flame graph and tables, live (?kind=heap and others)", NULL,
     serve_answer_view},
    {"view/data.json", NULL, NULL, serve_answer_data},
};
#define ENDPOINT_COUNT (sizeof(endpoints) / sizeof(endpoints[0]))

static const struct serve_endpoint *find_endpoint(const char *name) {
    for (size_t i = 0; i < ENDPOINT_COUNT; i++) {
        if (strcmp(name, endpoints[i].name) == 0)
            return &endpoints[i];
    }
    return NULL;
}

/* --- indices ---------------------------------------------------------------------------------- */

static void print_head(FILE *out) {
    fputs("<!DOCTYPE html><meta charset=\"utf-8\"><meta name=\"viewport\" "
          "content=\"width=device-width\"><title>cinstr</title><style>:root{color-scheme:light "
          "dark}body{font:15px/1.5 system-ui,sans-serif;margin:2em}td,th{text-align:left;"
          "padding:.1em 1em .1em 0}</style>\n",
          out);
}

static void print_index(FILE *out, const void *context) {
    const struct serve_call *call = context;
    print_head(out);
    fputs("<h1>/debug/pprof/", out);
    if (call->pid != 0)
        fprintf(out, " of process %" PRIu32, call->pid);
    fputs("</h1>\n<table>\n", out);
    for (size_t i = 1; i < ENDPOINT_COUNT; i++) {
        const struct serve_endpoint *endpoint = &endpoints[i];
        if (endpoint->description != NULL)
            fprintf(out, "<tr><td><a href=\"%s%s\">%s</a><td>%s\n", endpoint->name,
                    endpoint->kind != NULL ? "?debug=1" : "", endpoint->name,
                    endpoint->description);
    }
    fputs("</table>\n<p>Without <code>?debug=1</code> each is what <code>go tool pprof</code> "
          "takes; <code>?seconds=5</code> makes it a difference.\n",
          out);
    if (call->pid != 0)
        fputs("<p><a href=\"/\">all processes</a>\n", out);
}

static serve_result answer_index(const struct serve_call *call) {
    return serve_printed(call->request, SERVE_HTML, print_index, call);
}

static void print_processes(FILE *out, const void *context) {
    const struct segments *segments = context;
    print_head(out);
    fputs("<h1>Processes</h1>\n<table>\n<tr><th>process<th>program<th>state<th>\n", out);
    for (size_t i = 0; i < segments->count; i++) {
        const struct segments_entry *entry = &segments->entries[i];
        if (entry->problem != NULL)
            continue;
        fprintf(out, "<tr><td><a href=\"/%" PRIu32 "/debug/pprof/\">%" PRIu32 "</a><td>",
                entry->header.pid, entry->header.pid);
        serve_text_html(out, entry->header.program);
        fprintf(out, "<td>%s<td><a href=\"/%" PRIu32 "/debug/pprof/view/\">view</a>\n",
                segments_state(entry), entry->header.pid);
    }
    fputs("</table>\n", out);
}

static serve_result answer_processes(struct serve_request *request) {
    struct segments segments;
    struct error error = {""};
    if (segments_find(&segments, request->serve->directory, &error) != 0)
        return serve_reply_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "%s", error.message);
    const serve_result result = serve_printed(request, SERVE_HTML, print_processes, &segments);
    segments_free(&segments);
    return result;
}

/* --- the way there ---------------------------------------------------------------------------- */

static const char root[] = "/debug/pprof";

static serve_result redirect(struct serve_request *request, uint32_t pid) {
    char where[64], process[16] = "";
    if (pid != 0)
        snprintf(process, sizeof(process), "/%" PRIu32, pid);
    snprintf(where, sizeof(where), "%s%s/", process, root);
    return serve_reply_redirect(request, where);
}

static serve_result not_found(struct serve_request *request) {
    static const char text[] = "404 page not found\n";
    return serve_reply_text(request, MHD_HTTP_NOT_FOUND, SERVE_TEXT, text, sizeof(text) - 1);
}

static bool is_allowed(const struct serve_call *call) {
    const char *method = call->request->method;
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           (strcmp(method, "POST") == 0 && call->endpoint->answer == serve_answer_symbol);
}

/* Opens the segment of a process and answers. */
static serve_result answer_process(struct serve_call *call) {
    struct segments segments;
    struct error error = {""};
    const struct segments_entry *entry = NULL;
    serve_result result;
    if (segments_find(&segments, call->request->serve->directory, &error) == 0)
        entry = segments_by_pid(&segments, call->pid, &error);
    if (entry != NULL) {
        call->name = entry->path;
        call->fd = open(entry->path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (call->fd < 0)
            error_set_errno(&error, "cannot open %s", entry->path);
    }
    result = call->fd < 0
                 ? serve_reply_error(call->request, MHD_HTTP_NOT_FOUND, "%s", error.message)
                 : call->endpoint->answer(call);
    if (call->fd >= 0)
        close(call->fd);
    segments_free(&segments);
    return result;
}

static serve_result answer_name(struct serve_call *call, const char *name) {
    call->endpoint = find_endpoint(name);
    if (call->endpoint == NULL)
        return serve_reply_error(call->request, MHD_HTTP_NOT_FOUND, "Unknown profile");
    if (!is_allowed(call))
        return serve_reply_error(call->request, MHD_HTTP_METHOD_NOT_ALLOWED,
                                 "there is nothing to %s here", call->request->method);
    return call->pid == 0 ? call->endpoint->answer(call) : answer_process(call);
}

/* Reads "/4711" off the path. False: it does not begin like that. */
static bool take_pid(const char **path, uint32_t *pid) {
    char *end;
    const size_t digits = strspn(*path + 1, "0123456789");
    if (digits == 0 || digits > 10)
        return false;
    const unsigned long long value = strtoull(*path + 1, &end, 10);
    *pid = value > UINT32_MAX ? UINT32_MAX : (uint32_t)value;
    *path = end;
    return *pid != 0;
}

serve_result serve_answer(struct serve_request *request) {
    struct serve_call call = {.request = request, .fd = -1};
    const bool is_own = request->serve->segment != NULL;
    const char *path = request->path;
    if (!is_own && strcmp(path, "/") == 0)
        return answer_processes(request);
    if (!is_own && !take_pid(&path, &call.pid))
        return not_found(request);
    if (path[0] == '\0' || strcmp(path, "/") == 0 || strcmp(path, root) == 0)
        return redirect(request, call.pid);
    if (strncmp(path, root, sizeof(root) - 1) != 0)
        return not_found(request);
    path += sizeof(root) - 1;
    return *path == '/' ? answer_name(&call, path + 1) : not_found(request);
}
