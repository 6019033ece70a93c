/* SPDX-License-Identifier: MIT */
/*
 * See serve_http.h. One thread reads requests and writes answers, for all connections; other
 * threads make the answers, while the connection is suspended. Size and time of a request are
 * limited, so that a client that sends slowly, or nothing, is dropped and others are answered.
 */
#include "serve_http.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "serve_deadline.h"

enum { PER_CLIENT = 32, HEADER_BYTES = 32768 };

/* Seconds: for a silent connection; for a request to arrive; for an answer to be read. */
enum { IDLE_SECONDS = 15, REQUEST_SECONDS = 20, ANSWER_SECONDS = 120 };

static void set_deadline(struct MHD_Connection *connection, double seconds) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    if (info != NULL)
        serve_deadline_set(info->socket_context, seconds);
}

/* --- answers ---------------------------------------------------------------------------------- */

static serve_result reply(struct serve_request *request, unsigned status,
                          struct MHD_Response *response, const char *type) {
    if (response == NULL)
        return MHD_NO;
    MHD_add_response_header(response, "Content-Type", type);
    if (status != MHD_HTTP_MOVED_PERMANENTLY)
        MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    request->status = status;
    request->response = response;
    return MHD_YES;
}

serve_result serve_reply_text(struct serve_request *request, unsigned status, const char *type,
                              const char *text, size_t size) {
    return reply(request, status,
                 MHD_create_response_from_buffer(size, (void *)text, MHD_RESPMEM_MUST_COPY), type);
}

serve_result serve_reply_error(struct serve_request *request, unsigned status, const char *format,
                               ...) {
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

serve_result serve_reply_file(struct serve_request *request, int fd, const char *type,
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

serve_result serve_reply_redirect(struct serve_request *request, const char *where) {
    struct MHD_Response *response = MHD_create_response_from_buffer(0, "", MHD_RESPMEM_PERSISTENT);
    if (response != NULL)
        MHD_add_response_header(response, "Location", where);
    return reply(request, MHD_HTTP_MOVED_PERMANENTLY, response, "text/html; charset=utf-8");
}

bool serve_wait(struct serve_request *request, double seconds) {
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(request->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    struct pollfd ends[] = {{.fd = info == NULL ? -1 : info->connect_fd, .events = POLLRDHUP},
                            {.fd = request->serve->stopping, .events = POLLIN}};
    struct timespec now;
    set_deadline(request->connection, seconds + (double)ANSWER_SECONDS);
    clock_gettime(CLOCK_MONOTONIC, &now);
    const double end = (double)now.tv_sec + (double)now.tv_nsec / 1e9 + seconds;
    for (double left = seconds; left > 0;) {
        const int ready = poll(ends, 2, left > 1000 ? 1000000 : (int)(left * 1000) + 1);
        if (ready > 0 || (ready < 0 && errno != EINTR))
            return false;
        clock_gettime(CLOCK_MONOTONIC, &now);
        left = end - ((double)now.tv_sec + (double)now.tv_nsec / 1e9);
    }
    return true;
}

/* --- requests --------------------------------------------------------------------------------- */

static void take_body(struct serve_request *request, const char *data, size_t size) {
    if (size >= sizeof(request->body) - request->body_size) {
        request->is_too_large = true;
        return;
    }
    memcpy(request->body + request->body_size, data, size);
    request->body_size += size;
    request->body[request->body_size] = '\0';
}

static void answer(struct serve_request *request) {
    const char *host = MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, "Host");
    if (!serve_address_is_host(&request->serve->address, host))
        serve_reply_error(request, MHD_HTTP_FORBIDDEN,
                          "not served under this name: it is not this machine's");
    else if (request->is_too_large)
        serve_reply_error(request, MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large");
    else
        request->serve->answer(request);
}

/* Resumes the connection; without a response it is closed. */
static void resume(struct serve_request *request) {
    const int answered = request->serve->answered;
    request->is_answered = true;
    MHD_resume_connection(request->connection);
    eventfd_write(answered, 1);
}

/* Runs on a thread of the pool. */
static void answer_task(struct serve_task *task) {
    struct serve_request *request = (struct serve_request *)task;
    answer(request);
    resume(request);
}

static serve_result hand_over(struct serve_request *request) {
    set_deadline(request->connection, ANSWER_SECONDS);
    request->task.run = answer_task;
    MHD_suspend_connection(request->connection);
    if (!serve_pool_give(&request->task))
        resume(request);
    return MHD_YES;
}

static serve_result queue_answer(struct serve_request *request) {
    if (request->response == NULL)
        return MHD_NO;
    const serve_result result =
        MHD_queue_response(request->connection, request->status, request->response);
    MHD_destroy_response(request->response);
    request->response = NULL;
    return result;
}

static struct serve_request *new_request(const struct serve *serve,
                                         struct MHD_Connection *connection) {
    struct serve_request *request = calloc(1, sizeof(*request));
    if (request == NULL)
        return NULL;
    request->connection = connection;
    request->serve = serve;
    return request;
}

/* Called with the head, for each part of the body, at the end, and when there is an answer. */
static serve_result handle(void *context, struct MHD_Connection *connection, const char *path,
                           const char *method, const char *version, const char *data,
                           size_t *data_size, void **state) {
    struct serve_request *request = *state;
    (void)version;
    if (request == NULL) {
        *state = new_request(context, connection);
        return *state == NULL ? MHD_NO : MHD_YES;
    }
    if (request->is_answered)
        return queue_answer(request);
    request->path = path;
    request->method = method;
    if (*data_size == 0)
        return hand_over(request);
    take_body(request, data, *data_size);
    *data_size = 0;
    return MHD_YES;
}

static void forget(void *context, struct MHD_Connection *connection, void **state,
                   enum MHD_RequestTerminationCode code) {
    struct serve_request *request = *state;
    (void)context;
    (void)code;
    set_deadline(connection, REQUEST_SECONDS);
    if (request != NULL && request->response != NULL)
        MHD_destroy_response(request->response);
    free(request);
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

/* --- the server's life ------------------------------------------------------------------------ */

static bool is_stopping(const struct serve *serve) {
    struct pollfd stopping = {.fd = serve->stopping, .events = POLLIN};
    return poll(&stopping, 1, 0) != 0;
}

/* How long to wait for an event, in milliseconds; -1: nothing is due by itself. */
static int time_left(struct serve *serve) {
    const double seconds = serve_deadlines_pass();
    const double own = isinf(seconds) ? 1e9 : fmax(0, seconds) * 1000 + 1;
    MHD_UNSIGNED_LONG_LONG left;
    const double its = MHD_get_timeout(serve->daemon, &left) == MHD_YES ? (double)left : 1e9;
    const double least = fmin(own, its);
    return least >= 1e9 ? -1 : (int)least;
}

/* The thread that reads and writes. The daemon cannot do its own waiting: nothing would wake it
 * when another thread has an answer. */
static void serve_all(void *context) {
    struct serve *serve = context;
    struct pollfd events[] = {{.fd = serve->epoll, .events = POLLIN},
                              {.fd = serve->answered, .events = POLLIN},
                              {.fd = serve->stopping, .events = POLLIN}};
    eventfd_t count;
    while (!is_stopping(serve)) {
        poll(events, 3, time_left(serve));
        if (events[1].revents != 0)
            eventfd_read(serve->answered, &count);
        MHD_run(serve->daemon);
    }
}

static struct MHD_Daemon *start_daemon(struct serve *serve) {
    const bool is_local = serve->address.path[0] != '\0'; /* its clients have no addresses */
    return MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, handle, serve,
                            MHD_OPTION_LISTEN_SOCKET, serve->listening, MHD_OPTION_CONNECTION_LIMIT,
                            (unsigned)SERVE_CONNECTIONS, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
                            (unsigned)(is_local ? SERVE_CONNECTIONS : PER_CLIENT),
                            MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
                            MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)HEADER_BYTES,
                            MHD_OPTION_NOTIFY_COMPLETED, forget, NULL, MHD_OPTION_NOTIFY_CONNECTION,
                            watch_connection, NULL, MHD_OPTION_END);
}

static bool open_events(struct serve *serve) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(serve->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    serve->epoll = info == NULL ? -1 : info->epoll_fd;
    serve->stopping = eventfd(0, EFD_CLOEXEC);
    serve->answered = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return serve->epoll >= 0 && serve->stopping >= 0 && serve->answered >= 0;
}

static void close_events(struct serve *serve) {
    if (serve->stopping >= 0)
        close(serve->stopping);
    if (serve->answered >= 0)
        close(serve->answered);
}

bool serve_start(struct serve *serve, int fd) {
    serve->listening = fd;
    serve->daemon = start_daemon(serve);
    if (serve->daemon == NULL)
        return false;
    if (open_events(serve) && serve_pool_start(serve->spawn, serve_all, serve))
        return true;
    close_events(serve);
    MHD_quiesce_daemon(serve->daemon); /* the socket still belongs to the caller */
    MHD_stop_daemon(serve->daemon);
    return false;
}

/* Waiting requests see that the server ends; afterwards no connection is suspended. */
void serve_stop(struct serve *serve) {
    eventfd_write(serve->stopping, 1);
    serve_pool_stop();
    MHD_stop_daemon(serve->daemon);
    close_events(serve);
}
