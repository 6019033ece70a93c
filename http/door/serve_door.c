/* SPDX-License-Identifier: MIT */
/*
 * The door from the recorder to the server (include/cinstr/http.h), in a library that is loaded
 * apart from the program, with a C library of its own: what it allocates, locks and runs is nothing
 * of the program's. The only symbol that the library exports.
 */
#include <cinstr/http.h>

#include <malloc.h>
#include <stdio.h>
#include <unistd.h>

#include "http/serve_endpoints.h"
#include "http/serve_http.h"

static struct serve serve;
static pid_t server; /* a fork child has its memory, but not its threads */

static int (*spawn_by_program)(void (*run)(void *), void *);

static bool spawn(void (*run)(void *), void *argument) {
    return spawn_by_program(run, argument) != 0;
}

/* The memory is the program's: what is no longer needed goes back to the system. */
static void spare_memory(void) {
    mallopt(M_ARENA_MAX, 2);
    mallopt(M_MMAP_THRESHOLD, 1 << 18);
    mallopt(M_TRIM_THRESHOLD, 1 << 18);
}

static int start(const char *address, struct error *error) {
    if (serve_address_parse(&serve.address, address, error) != 0)
        return -1;
    const int fd = serve_address_listen(&serve.address, error);
    if (fd < 0 || serve_start(&serve, fd))
        return fd;
    close(fd);
    return error_set(error, "cannot start the server at %s", address);
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
    const int fd = start(address, &error);
    if (fd < 0) {
        snprintf(text, text_size, "%s", error.message);
        return -1;
    }
    server = getpid();
    serve_address_url(&serve.address, text, text_size);
    return fd;
}

/* Before the destructors of what it stands on. */
__attribute__((destructor)) static void end(void) {
    if (server != getpid())
        return;
    serve_stop(&serve);
    if (serve.address.path[0] != '\0')
        unlink(serve.address.path);
}
