/* SPDX-License-Identifier: MIT */
/*
 * http=ADDRESS, -lcinstr_http and cinstr_http_serve(): the process serves its own profiles. The
 * server is a library in a linker namespace of its own (include/cinstr/http.h). Its threads run no
 * code of the program and appear in no tree. A fork child does not inherit it, and may start
 * another.
 */
#include "http.h"

#include <cinstr.h>
#include <cinstr/http.h>

#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/large_stack.h"
#include "runtime/base/load_apart.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/segment/identity.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"

#define LIBRARY    "libcinstr_http.so.0"
#define STACK_SIZE (8u << 20) /* pages take memory only when they are touched */

static void refresh(void) {
    modules_refresh();
    identity_refresh(clock_pair());
}

/* What a thread of the server has to run. It does not count as the program's work. */
struct thread {
    void (*run)(void *);
    void *argument;
};

static void *run_thread(void *argument) {
    struct thread thread = *(struct thread *)argument;
    process_set_own_work(true);
    munmap(argument, sizeof(thread));
    thread.run(thread.argument);
    return NULL;
}

static bool create_thread(struct thread *thread) {
    pthread_attr_t attributes;
    sigset_t all, old;
    pthread_t handle;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_SIZE);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &old);
    const bool result = pthread_create(&handle, &attributes, run_thread, thread) == 0;
    if (result)
        pthread_setname_np(handle, "cinstr-http");
    pthread_sigmask(SIG_SETMASK, &old, NULL);
    pthread_attr_destroy(&attributes);
    return result;
}

static int spawn(void (*run)(void *), void *argument) {
    struct thread *thread =
        mmap(NULL, sizeof(*thread), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (thread == MAP_FAILED)
        return 0;
    *thread = (struct thread){run, argument};
    if (create_thread(thread))
        return 1;
    munmap(thread, sizeof(*thread));
    return 0;
}

struct request {
    const char *address;
    char text[512];
    int result;
};

static void start(void *argument) {
    const struct cinstr_http_program program = {segment.base, segment.header->size, refresh, spawn};
    struct request *request = argument;
    int (*start_server)(const struct cinstr_http_program *, const char *, char *, size_t) = NULL;
    void *library = load_apart(LIBRARY, request->text, sizeof(request->text));

    if (library != NULL)
        *(void **)&start_server = dlsym(library, "cinstr_http_start");
    if (start_server != NULL)
        request->result =
            start_server(&program, request->address, request->text, sizeof(request->text));
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
    if (process_is_serving) {
        errno = EALREADY;
        return -1;
    }
    const bool was_own = process_set_own_work(true);
    large_stack_call(start, &request);
    process_set_own_work(was_own);
    if (request.result < 0) {
        message("cannot serve profiles at %s: %s", address, request.text);
        errno = EIO;
        return -1;
    }
    process_is_serving = true;
    message("profiles at %s", request.text);
    return 0;
}

void http_begin(void) {
    if (process_state == PROCESS_UP && options.http[0] != '\0' && strcmp(options.http, "none") != 0)
        cinstr_http_serve(options.http);
}
