/* SPDX-License-Identifier: MIT */
/*
 * How the recorder calls the server (include/cinstr/http.h), in a library that is loaded into a
 * linker namespace of its own, with its own C library: it shares no memory management, locks or
 * threads with the program. This is the only symbol that the library exports.
 *
 * It shares no descriptors, either: a thread, the keeper, takes a table of descriptors of its own,
 * then starts the server, which shares that table, and stops it. The program may close descriptors
 * that it does not know, and open something else under the same number. (The socket is made before:
 * the second C library knows no locale in threads that the first one has made.)
 */
#include <cinstr/http.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "http/serve_endpoints.h"
#include "http/serve_http.h"

#ifndef CLOSE_RANGE_UNSHARE
#define CLOSE_RANGE_UNSHARE (1u << 1)
#endif

static struct serve serve;
static pid_t server; /* a fork child has this memory, but not the threads */

static int (*spawn_by_program)(void (*run)(void *), void *);

static bool spawn(void (*run)(void *), void *argument) {
    return spawn_by_program(run, argument) != 0;
}

/* The program needs the memory: what is no longer used goes back to the system. */
static void spare_memory(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 1 << 18);
    mallopt(M_TRIM_THRESHOLD, 1 << 18);
}

/* --- the keeper -------------------------------------------------------------------------------- */

enum state { NEW, STARTED, FAILED, STOPPING, STOPPED };

static struct keeper {
    _Atomic uint32_t state;
    int socket;
    bool has_own_table;
} keeper;

static void set_state(enum state state) {
    atomic_store(&keeper.state, state);
    syscall(SYS_futex, &keeper.state, FUTEX_WAKE_PRIVATE, INT32_MAX, NULL, NULL, 0);
}

static void await_change_of(enum state state) {
    while (atomic_load(&keeper.state) == state)
        syscall(SYS_futex, &keeper.state, FUTEX_WAIT_PRIVATE, state, NULL, NULL, 0);
}

/* With the socket alone; whoever writes to a standard stream writes nowhere. A kernel before 5.9
 * leaves the table shared. */
static void take_own_table(int socket) {
    if (syscall(SYS_close_range, socket + 1, ~0U, CLOSE_RANGE_UNSHARE) != 0)
        return;
    keeper.has_own_table = true;
    if (socket > 0)
        syscall(SYS_close_range, 0, socket - 1, 0);
    for (int fd = 0; fd <= STDERR_FILENO; fd++)
        (void)!open("/dev/null", O_RDWR);
}

static void keep(void *argument) {
    (void)argument;
    take_own_table(keeper.socket);
    if (!serve_start(&serve, keeper.socket)) {
        set_state(FAILED);
        return;
    }
    set_state(STARTED);
    await_change_of(STARTED);
    serve_stop(&serve);
    if (serve.address.path[0] != '\0')
        unlink(serve.address.path);
    set_state(STOPPED);
}

/* --- the door ---------------------------------------------------------------------------------- */

/* Has the keeper serve at `socket`, which is the caller's no more. */
static bool start(int socket) {
    keeper.socket = socket;
    keeper.has_own_table = false;
    atomic_store(&keeper.state, NEW);
    const bool is_there = spawn(keep, NULL);
    if (is_there)
        await_change_of(NEW);
    const bool is_started = is_there && atomic_load(&keeper.state) == STARTED;
    if (keeper.has_own_table || !is_started)
        close(socket);
    return is_started;
}

__attribute__((visibility("default"))) int
cinstr_http_start(const struct cinstr_http_program *program, const char *address, char *text,
                  size_t text_size) {
    struct error error = {""};
    serve.segment = program->segment;
    serve.segment_size = program->size;
    serve.refresh = program->refresh;
    serve.spawn = spawn;
    serve.answer = serve_answer;
    spawn_by_program = program->spawn;
    spare_memory();
    int socket = -1;
    if (serve_address_parse(&serve.address, address, &error) == 0)
        socket = serve_address_listen(&serve.address, &error);
    if (socket >= 0 && !start(socket))
        socket = error_set(&error, "cannot start the server at %s", address);
    if (socket < 0) {
        snprintf(text, text_size, "%s", error.message);
        return -1;
    }
    server = getpid();
    serve_address_url(&serve.address, text, text_size);
    return 0;
}

/* Runs before the destructors of the libraries that it uses. */
__attribute__((destructor)) static void end(void) {
    if (server != getpid())
        return;
    set_state(STOPPING);
    await_change_of(STOPPING);
}
