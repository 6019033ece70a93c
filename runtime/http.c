/* SPDX-License-Identifier: MIT */
/*
 * http=ADDRESS, -lcinstr_http and cinstr_http_serve(): the process serves its own profiles. The
 * server is a library loaded apart (include/cinstr/http.h), with threads of its own that run
 * nothing of the program and never enter its tree. A fork child does not have it, and may begin
 * another.
 */
#include <cinstr.h>
#include <cinstr/http.h>

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"

#define LIBRARY "libcinstr_http.so.0"

static int listening = -1;

static void refresh(void) {
    modules_refresh();
    segment.header->latest = clock_pair();
}

struct request {
    const char *address;
    char text[512];
    int fd;
};

static void start(void *argument) {
    const struct cinstr_http_program program = {segment.base, segment.header->size, refresh};
    struct request *request = argument;
    int (*start_server)(const struct cinstr_http_program *, const char *, char *, size_t) = NULL;
    void *library = load_apart(LIBRARY, request->text, sizeof request->text);

    if (library != NULL)
        *(void **)&start_server = dlsym(library, "cinstr_http_start");
    if (start_server != NULL)
        request->fd = start_server(&program, request->address, request->text, sizeof request->text);
}

__attribute__((visibility("default"))) int cinstr_http_serve(const char *address) {
    struct request request = {address, "no such function in " LIBRARY, -1};

    if (address == NULL) {
        errno = EINVAL;
        return -1;
    }
    if (process_state != PROCESS_UP || process_is_forked()) {
        errno = ENOTSUP;
        return -1;
    }
    if (listening >= 0) {
        errno = EALREADY;
        return -1;
    }
    const bool was_own = charge_own_work(true);
    large_stack_call(start, &request);
    charge_own_work(was_own);
    if (request.fd < 0) {
        message("cannot serve profiles at %s: %s", address, request.text);
        errno = EIO;
        return -1;
    }
    listening = request.fd;
    message("profiles at %s", request.text);
    return 0;
}

void http_begin(void) {
    if (process_state == PROCESS_UP && options.http[0] != '\0' && strcmp(options.http, "none") != 0)
        cinstr_http_serve(options.http);
}

/* The address is the parent's. */
void http_forget(void) {
    if (listening >= 0)
        syscall(SYS_close, listening);
    listening = -1;
}
