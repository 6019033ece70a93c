/* SPDX-License-Identifier: MIT */
/*
 * What `cinstr serve` answers: for each process the endpoints that Go's net/http/pprof has, with
 * its parameters, status codes and words, so that what speaks to a Go service speaks to this one;
 * and our own. An endpoint is a row. Processes are known by their segments alone: nothing is asked
 * of them.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "build_profile.h"
#include "difference.h"
#include "output_file.h"
#include "segments.h"
#include "serve_http.h"
#include "serve_text.h"
#include "source.h"
#include "symbols.h"
#include "trace.h"

#define TEXT   "text/plain; charset=utf-8"
#define HTML   "text/html; charset=utf-8"
#define BINARY "application/octet-stream"

/* A request of one process. */
struct call {
    const struct serve_request *request;
    const struct endpoint *endpoint;
    char process[24];
    const struct source *source; /* its segment, open: it stays readable when the process ends */
};

struct endpoint {
    const char *name, *description;
    const char *kind; /* of a profile; NULL: another thing */
    serve_result (*answer)(const struct call *call);
};

/* --- what is asked ------------------------------------------------------------------------------
 */

static const char *argument(const struct call *call, const char *name) {
    const char *value =
        MHD_lookup_connection_value(call->request->connection, MHD_GET_ARGUMENT_KIND, name);
    return value == NULL ? "" : value;
}

/* As Go reads numbers: anything else is 0. */
static long long number(const char *text) {
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    return errno != 0 || end == text || *end != '\0' ? 0 : value;
}

static struct snapshot *take(const struct call *call, struct error *error) {
    return source_snapshot(call->source, "cinstr serve", error);
}

static struct profile *take_profile(const struct call *call, const char *kind,
                                    struct error *error) {
    struct snapshot *snapshot = take(call, error);
    struct profile *profile = NULL;
    if (snapshot != NULL)
        profile = build_profile(snapshot, &(struct build_options){.kind = kind}, error);
    snapshot_free(snapshot);
    return profile;
}

static serve_result failed(const struct call *call, const char *what, const struct error *error) {
    return serve_reply_error(call->request, MHD_HTTP_INTERNAL_SERVER_ERROR, "%s%s", what,
                             error->message);
}

/* --- profiles -----------------------------------------------------------------------------------
 */

/* What `write` makes of `what`; `words` stand before what went wrong. */
static serve_result send_written(const struct call *call, output_file_writer *write,
                                 const void *what, const char *name, const char *words) {
    struct error error = {""};
    const int fd = memfd_create("cinstr-serve", MFD_CLOEXEC);
    if (fd >= 0 && write(what, fd, &error) == 0)
        return serve_reply_file(call->request, fd, BINARY, name);
    if (fd >= 0)
        close(fd);
    return failed(call, words, &error);
}

static serve_result send_printed(const struct serve_request *request, const char *type,
                                 void (*print)(FILE *out, const void *context),
                                 const void *context) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return MHD_NO;
    print(out, context);
    fclose(out);
    const serve_result result = serve_reply_text(request, MHD_HTTP_OK, type, text, size);
    free(text);
    return result;
}

static serve_result send_profile(const struct call *call, const struct profile *profile,
                                 const char *suffix) {
    char name[64];
    snprintf(name, sizeof(name), "%s%s", call->endpoint->name, suffix);
    return send_written(call, output_file_pprof, profile, name, "failed to collect profile: ");
}

struct named_profile {
    const struct profile *profile;
    const char *name;
};

static void print_profile(FILE *out, const void *context) {
    const struct named_profile *named = context;
    serve_text_profile(out, named->profile, named->name);
}

/* What the process does from now on, for so long. */
static struct profile *take_difference(const struct call *call, const char *kind, double seconds,
                                       bool *is_gone, struct error *error) {
    struct profile *before = take_profile(call, kind, error), *after = NULL, *result = NULL;
    *is_gone = before != NULL && !serve_wait(call->request, seconds);
    if (before != NULL && !*is_gone)
        after = take_profile(call, kind, error);
    if (after != NULL)
        result = difference(after, before, error);
    profile_free(before);
    profile_free(after);
    return result;
}

static serve_result answer_difference(const struct call *call, const char *kind, double seconds,
                                      const char *suffix, const char *words) {
    struct error error = {""};
    bool is_gone;
    struct profile *profile = take_difference(call, kind, seconds, &is_gone, &error);
    if (profile == NULL)
        return is_gone ? MHD_NO : failed(call, words, &error);
    const serve_result result = send_profile(call, profile, suffix);
    profile_free(profile);
    return result;
}

static serve_result answer_profile(const struct call *call) {
    const char *seconds = argument(call, "seconds");
    const bool is_text = number(argument(call, "debug")) != 0;
    struct error error = {""};
    if (seconds[0] != '\0' && number(seconds) <= 0)
        return serve_reply_error(call->request, MHD_HTTP_BAD_REQUEST,
                                 "invalid value for \"seconds\" - must be a positive integer");
    if (seconds[0] != '\0' && is_text)
        return serve_reply_error(call->request, MHD_HTTP_BAD_REQUEST,
                                 "seconds and debug params are incompatible");
    if (seconds[0] != '\0')
        return answer_difference(call, call->endpoint->kind, (double)number(seconds), "-delta",
                                 "failed to collect profile: ");
    struct profile *profile = take_profile(call, call->endpoint->kind, &error);
    if (profile == NULL)
        return failed(call, "failed to collect profile: ", &error);
    const serve_result result =
        is_text ? send_printed(call->request, TEXT, print_profile,
                               &(struct named_profile){profile, call->endpoint->name})
                : send_profile(call, profile, "");
    profile_free(profile);
    return result;
}

/* One at a time, as in Go, whichever process it is of. */
static serve_result answer_cpu(const struct call *call) {
    static int is_in_use;
    const long long asked = number(argument(call, "seconds"));
    if (__atomic_exchange_n(&is_in_use, 1, __ATOMIC_ACQUIRE) != 0)
        return serve_reply_error(call->request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                 "Could not enable CPU profiling: cpu profiling already in use");
    const serve_result result = answer_difference(call, "cpu", asked <= 0 ? 30 : (double)asked, "",
                                                  "Could not enable CPU profiling: ");
    __atomic_store_n(&is_in_use, 0, __ATOMIC_RELEASE);
    return result;
}

static int write_trace(const void *trace, int fd, struct error *error) {
    return trace_write_perfetto(trace, fd, error);
}

static serve_result answer_trace(const struct call *call) {
    static const char words[] = "Could not enable tracing: ";
    struct error error = {""};
    char *end;
    const double asked = strtod(argument(call, "seconds"), &end);
    const bool is_seconds = *end == '\0' && asked > 0 && asked < 1e6;
    if (!serve_wait(call->request, is_seconds ? asked : 1))
        return MHD_NO;
    struct snapshot *snapshot = take(call, &error);
    struct trace *trace = snapshot == NULL ? NULL : trace_new(snapshot, &error);
    const serve_result result =
        trace == NULL ? failed(call, words, &error)
                      : send_written(call, write_trace, trace, call->endpoint->name, words);
    trace_free(trace);
    snapshot_free(snapshot);
    return result;
}

/* --- the rest -----------------------------------------------------------------------------------
 */

static serve_result answer_cmdline(const struct call *call) {
    struct error error = {""};
    struct snapshot *snapshot = take(call, &error);
    if (snapshot == NULL)
        return failed(call, "", &error);
    const char *line = snapshot->header.command_line;
    size_t size = sizeof(snapshot->header.command_line);
    while (size > 0 && line[size - 1] == '\0')
        size--;
    const serve_result result = serve_reply_text(call->request, MHD_HTTP_OK, TEXT, line, size);
    snapshot_free(snapshot);
    return result;
}

static enum MHD_Result take_key(void *context, enum MHD_ValueKind kind, const char *key,
                                const char *value) {
    const char **addresses = context;
    (void)kind;
    (void)value;
    *addresses = key;
    return MHD_NO;
}

struct lookup {
    const struct snapshot *snapshot;
    struct symbols *symbols;
    const char *addresses;
};

static void print_symbols(FILE *out, const void *context) {
    const struct lookup *lookup = context;
    serve_text_symbols(out, lookup->snapshot, lookup->symbols, lookup->addresses);
}

static serve_result answer_symbol(const struct call *call) {
    const bool is_post = strcmp(call->request->method, "POST") == 0;
    struct lookup lookup = {.addresses = is_post ? call->request->body : ""};
    struct error error = {""};
    if (!is_post)
        MHD_get_connection_values(call->request->connection, MHD_GET_ARGUMENT_KIND, take_key,
                                  &lookup.addresses);
    struct snapshot *snapshot = take(call, &error);
    if (snapshot == NULL)
        return failed(call, "", &error);
    lookup.snapshot = snapshot;
    lookup.symbols = symbols_new(snapshot->modules, snapshot->module_count, &error);
    const serve_result result = lookup.symbols == NULL
                                    ? failed(call, "", &error)
                                    : send_printed(call->request, TEXT, print_symbols, &lookup);
    if (lookup.symbols != NULL)
        symbols_free(lookup.symbols);
    snapshot_free(snapshot);
    return result;
}

/* --- which there are ----------------------------------------------------------------------------
 */

static serve_result answer_index(const struct call *call);

static const struct endpoint endpoints[] = {
    {"", "", NULL, answer_index},
    {"allocs", "every allocation since the start, by context (heap=)", "allocs", answer_profile},
    {"block", "waits, by the context that waits (block=)", "block", answer_profile},
    {"cmdline", "the command line", NULL, answer_cmdline},
    {"edges", "exact calls, one sample a call edge", "edges", answer_profile},
    {"exact", "exact calls and times, one sample a calling context", "exact", answer_profile},
    {"heap", "memory in use, by the context that allocated it (heap=)", "heap", answer_profile},
    {"mutex", "waits for locks, by the context that held them (mutex=)", "mutex", answer_profile},
    {"profile", "CPU time sampled for ?seconds=30 (sample=)", NULL, answer_cpu},
    {"symbol", "names of addresses", NULL, answer_symbol},
    {"trace", "entries and exits after ?seconds=1 (trace=, trace_ring=)", NULL, answer_trace},
};
#define ENDPOINT_COUNT (sizeof(endpoints) / sizeof(endpoints[0]))

static void print_head(FILE *out) {
    fputs("<!DOCTYPE html><meta charset=\"utf-8\"><meta name=\"viewport\" "
          "content=\"width=device-width\"><title>cinstr</title><style>:root{color-scheme:light "
          "dark}body{font:15px/1.5 system-ui,sans-serif;margin:2em}td,th{text-align:left;"
          "padding:.1em 1em .1em 0}</style>\n",
          out);
}

static void print_index(FILE *out, const void *context) {
    const struct call *call = context;
    print_head(out);
    fprintf(out, "<h1>/debug/pprof/ of process %s</h1>\n<table>\n", call->process);
    for (size_t i = 1; i < ENDPOINT_COUNT; i++)
        fprintf(out, "<tr><td><a href=\"%s%s\">%s</a><td>%s\n", endpoints[i].name,
                endpoints[i].kind != NULL ? "?debug=1" : "", endpoints[i].name,
                endpoints[i].description);
    fputs("</table>\n<p>Without <code>?debug=1</code> each is what <code>go tool pprof</code> "
          "takes; <code>?seconds=5</code> makes it a difference.\n<p><a href=\"/\">all "
          "processes</a>\n",
          out);
}

static serve_result answer_index(const struct call *call) {
    return send_printed(call->request, HTML, print_index, call);
}

static void print_processes(FILE *out, const void *context) {
    const struct segments *segments = context;
    print_head(out);
    fputs("<h1>Processes</h1>\n<table>\n<tr><th>process<th>program<th>state\n", out);
    for (size_t i = 0; i < segments->count; i++) {
        const struct segments_entry *entry = &segments->entries[i];
        if (entry->problem != NULL)
            continue;
        fprintf(out, "<tr><td><a href=\"/%" PRIu32 "/debug/pprof/\">%" PRIu32 "</a><td>",
                entry->header.pid, entry->header.pid);
        serve_text_html(out, entry->header.program);
        fprintf(out, "<td>%s\n", segments_state(entry));
    }
    fputs("</table>\n", out);
}

static serve_result answer_processes(const struct serve_request *request) {
    struct segments segments;
    struct error error = {""};
    if (segments_find(&segments, request->serve->directory, &error) != 0)
        return serve_reply_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "%s", error.message);
    const serve_result result = send_printed(request, HTML, print_processes, &segments);
    segments_free(&segments);
    return result;
}

/* --- the way there ------------------------------------------------------------------------------
 */

static serve_result not_found(const struct serve_request *request) {
    static const char text[] = "404 page not found\n";
    return serve_reply_text(request, MHD_HTTP_NOT_FOUND, TEXT, text, sizeof(text) - 1);
}

static bool is_allowed(const struct call *call) {
    const char *method = call->request->method;
    return strcmp(method, "GET") == 0 || strcmp(method, "HEAD") == 0 ||
           (strcmp(method, "POST") == 0 && call->endpoint->answer == answer_symbol);
}

static serve_result answer_name(struct call *call, const char *name) {
    struct source source;
    struct error error = {""};
    for (size_t i = 0; i < ENDPOINT_COUNT && call->endpoint == NULL; i++) {
        if (strcmp(name, endpoints[i].name) == 0)
            call->endpoint = &endpoints[i];
    }
    if (call->endpoint == NULL)
        return serve_reply_error(call->request, MHD_HTTP_NOT_FOUND, "Unknown profile");
    if (!is_allowed(call))
        return serve_reply_error(call->request, MHD_HTTP_METHOD_NOT_ALLOWED,
                                 "there is nothing to %s here", call->request->method);
    if (source_open(&source, call->process, call->request->serve->directory, &error) != 0)
        return serve_reply_error(call->request, MHD_HTTP_NOT_FOUND, "%s", error.message);
    call->source = &source;
    const serve_result result = call->endpoint->answer(call);
    source_close(&source);
    return result;
}

/* "/4711/debug/pprof/NAME" */
serve_result serve_answer(const struct serve_request *request) {
    static const char middle[] = "/debug/pprof";
    struct call call = {.request = request};
    const size_t digits = strspn(request->path + 1, "0123456789");
    const char *rest = request->path + 1 + digits;
    if (strcmp(request->path, "/") == 0)
        return answer_processes(request);
    if (digits == 0 || digits > 10 || strncmp(rest, middle, sizeof(middle) - 1) != 0)
        return not_found(request);
    memcpy(call.process, request->path + 1, digits);
    rest += sizeof(middle) - 1;
    if (*rest == '\0') {
        char where[64];
        snprintf(where, sizeof(where), "/%s%s/", call.process, middle);
        return serve_reply_redirect(request, where);
    }
    return *rest == '/' ? answer_name(&call, rest + 1) : not_found(request);
}
