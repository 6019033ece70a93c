/* SPDX-License-Identifier: MIT */
/*
 * See serve_http.h. A thread a connection, few of them; what a client sends is limited in size and
 * in time, so that one that sends slowly or nothing is dropped, and others are answered.
 */
#include "serve_http.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "serve_deadline.h"

enum { PER_CLIENT = 32, HEADER_BYTES = 32768 };

/* Silent; with a request under way, which may trickle; with an answer under way. */
enum { IDLE_SECONDS = 15, REQUEST_SECONDS = 20, ANSWER_SECONDS = 120 };

static void set_deadline(struct MHD_Connection *connection, double seconds) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info != NULL)
        serve_deadline_set(info->socket_context, seconds);
}

/* --- answers ------------------------------------------------------------------------------------
 */

static serve_result reply(const struct serve_request *request, unsigned status,
                          struct MHD_Response *response, const char *type) {
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", type);
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    const serve_result result = MHD_queue_response(request->connection, status, response);
    MHD_destroy_response(response);
    return result;
}

serve_result serve_reply_text(const struct serve_request *request, unsigned status,
                              const char *type, const char *text, size_t size) {
    return reply(request, status,
                 MHD_create_response_from_buffer(size, (void *)text, MHD_RESPMEM_MUST_COPY), type);
}

serve_result serve_reply_error(const struct serve_request *request, unsigned status,
                               const char *format, ...) {
    char text[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof(text) - 1, format, arguments);
    va_end(arguments);
    strcat(text, "\n");
    struct MHD_Response *response =
        MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_COPY);
    if (response != NULL)
        MHD_add_response_header(response, "X-Go-Pprof", "1");
    if (response != NULL && status == MHD_HTTP_METHOD_NOT_ALLOWED)
        MHD_add_response_header(response, "Allow", "GET, HEAD");
    return reply(request, status, response, "text/plain; charset=utf-8");
}

serve_result serve_reply_file(const struct serve_request *request, int fd, const char *type,
                              const char *name) {
    struct stat status;
    struct MHD_Response *response = NULL;
    char disposition[128];
    if (fstat(fd, &status) == 0)
        response = MHD_create_response_from_fd64((uint64_t)status.st_size, fd);
    if (response == NULL) {
        close(fd);
        return serve_reply_error(request, MHD_HTTP_INTERNAL_SERVER_ERROR, "out of memory");
    }
    snprintf(disposition, sizeof(disposition), "attachment; filename=\"%s\"", name);
    if (name[0] != '\0')
        MHD_add_response_header(response, "Content-Disposition", disposition);
    return reply(request, MHD_HTTP_OK, response, type);
}

serve_result serve_reply_redirect(const struct serve_request *request, const char *where) {
    struct MHD_Response *response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Location", where);
    MHD_add_response_header(response, "Content-Type", "text/html; charset=utf-8");
    const serve_result result =
        MHD_queue_response(request->connection, MHD_HTTP_MOVED_PERMANENTLY, response);
    MHD_destroy_response(response);
    return result;
}

bool serve_wait(const struct serve_request *request, double seconds) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd client = {.fd = info == NULL ? -1 : info->connect_fd, .events = POLLRDHUP};
    struct timespec now;
    set_deadline(request->connection, seconds + ANSWER_SECONDS);
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double end = (double)now.tv_sec + (double)now.tv_nsec / 1e9 + seconds;
    for (double left = seconds; left > 0;) {
        const int ready = poll(&client, 1, left > 1000 ? 1000000 : (int)(left * 1000) + 1);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return false;
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = end - ((double)now.tv_sec + (double)now.tv_nsec / 1e9);
    }
    return true;
}

/* --- requests -----------------------------------------------------------------------------------
 */

static void take_body(struct serve_request *request, const char *data, size_t size) {
    if (size >= sizeof(request->body) - request->body_size) {
        request->is_too_large = true;
        return;
    }
    memcpy(request->body + request->body_size, data, size);
    request->body_size += size;
    request->body[request->body_size] = '\0';
}

static serve_result answer(struct serve_request *request) {
    set_deadline(request->connection, ANSWER_SECONDS);
    const char *host = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "Host");
    if (!serve_address_is_host(&request->serve->address, host))
        return serve_reply_error(request, MHD_HTTP_FORBIDDEN,
                                 "not served under this name: it is not this machine's");
    if (request->is_too_large)
        return serve_reply_error(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
    return serve_answer(request);
}

/* Called with the head, for each part of the body, and at the end. */
static serve_result handle(void *context, struct MHD_Connection *connection, const char *path,
                           const char *method, const char *version, const char *data,
                           size_t *data_size, void **state) {
    struct serve_request *request = *state;
    (void)version;
    if (request == NULL) {
        request = calloc(1, sizeof(*request));
        if (request == NULL)
            return MHD_NO;
        request->connection = connection;
        request->serve = context;
        *state = request;
        return MHD_YES;
    }
    request->path = path;
    request->method = method;
    if (*data_size == 0)
        return answer(request);
    take_body(request, data, *data_size);
    *data_size = 0;
    return MHD_YES;
}

static void forget(void *context, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code) {
    (void)context;
    (void)code;
    set_deadline(connection, REQUEST_SECONDS);
    free(*state);
}

static void watch_connection(void *context, struct MHD_Connection *connection, void **state,
                             enum MHD_ConnectionNotificationCode code) {
    (void)context;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        serve_deadline_free(*state);
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *state = info == NULL ? NULL : serve_deadline_new(info->connect_fd, REQUEST_SECONDS);
}

bool serve_start(struct serve *serve, int fd) {
    const bool is_local = serve->address.path[0] != '\0'; /* its clients have no addresses */
    if (!serve_deadlines_start())
        return false;
    serve->daemon = MHD_start_daemon(
        MHD_USE_THREAD_PER_CONNECTION | MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, handle,
        serve, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)SERVE_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)(is_local ? SERVE_CONNECTIONS : PER_CLIENT), MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)IDLE_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES,
        MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_NOTIFY_CONNECTION, watch_connection,
        NULL, MHD_OPTION_END);
    if (serve->daemon == NULL)
        serve_deadlines_stop();
    return serve->daemon != NULL;
}

void serve_stop(struct serve *serve) {
    MHD_stop_daemon(serve->daemon);
    serve_deadlines_stop();
}
