/* SPDX-License-Identifier: MIT */
/*
 * `cinstr serve`: serves the profiles of this user's processes over HTTP, as Go services do. It
 * only reads their segments; the processes do not notice.
 */
#include <getopt.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "http/serve_endpoints.h"
#include "http/serve_http.h"

struct request {
    const char *listen, *directory;
};

struct thread {
    void (*run)(void *argument);
    void *argument;
};

static void *run_thread(void *argument) {
    const struct thread thread = *(struct thread *)argument;
    free(argument);
    thread.run(thread.argument);
    return NULL;
}

static bool spawn(void (*run)(void *argument), void *argument) {
    struct thread *thread = malloc(sizeof(*thread));
    pthread_t handle;
    if (thread == NULL)
        return false;
    *thread = (struct thread){run, argument};
    if (pthread_create(&handle, NULL, run_thread, thread) != 0) {
        free(thread);
        return false;
    }
    pthread_detach(handle);
    return true;
}

/* Waits until a signal ends the server. */
static int serve(const struct request *request, struct error *error) {
    struct serve serve = {.directory = request->directory, .spawn = spawn, .answer = serve_answer};
    char url[512];
    sigset_t ends;
    int number;
    if (serve_address_parse(&serve.address, request->listen, error) != 0)
        return -1;
    const int fd = serve_address_listen(&serve.address, error);
    if (fd < 0)
        return -1;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigprocmask(SIG_BLOCK, &ends, NULL); /* the threads created later inherit this mask */
    if (!serve_start(&serve, fd)) {
        close(fd);
        return error_set(error, "cannot start the server");
    }
    serve_address_url(&serve.address, url, sizeof(url));
    note("serving on %s", url);
    sigwait(&ends, &number);
    serve_stop(&serve);
    if (serve.address.path[0] != '\0')
        unlink(serve.address.path);
    return 0;
}

static const char help[] =
    "Serves the profiles of this user's instrumented processes over HTTP, with the\n"
    "endpoints that Go's net/http/pprof has: / lists the processes, and\n"
    "/PID/debug/pprof/ what there is of each. They are not stopped or signalled.\n"
    "\n"
    "Options:\n"
    "      --listen ADDRESS  HOST:PORT, :PORT of this machine alone, or unix:PATH\n"
    "                        (default localhost:6060; port 0 takes a free one)\n" HELP_DIRECTORY
    "  -h, --help            show this help\n"
    "\n"
    "It ends on SIGINT or SIGTERM. It refuses requests for a host name that is not\n"
    "this machine's.\n"
    "Exit status: 0 ended, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr serve &\n"
    "  go tool pprof http://localhost:6060/4711/debug/pprof/heap\n"
    "  go tool pprof -seconds 5 http://localhost:6060/4711/debug/pprof/exact\n"
    "  curl 'http://localhost:6060/4711/debug/pprof/edges?debug=1'\n";

enum { OPTION_LISTEN = 256, OPTION_DIRECTORY };

static const struct option long_options[] = {
    {"listen", required_argument, NULL, OPTION_LISTEN},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    (void)command;
    if (option == OPTION_LISTEN)
        request->listen = optarg;
    else
        request->directory = optarg;
    return STATUS_FINE;
}

static const struct command_options options = {":h", long_options, set_option};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.listen = "localhost:6060"};
    struct error error;
    const int status = read_options(command, argc, argv, &options, &request);
    if (status != STATUS_GO_ON)
        return status;
    if (argc != optind)
        return usage_error(command, "unexpected argument '%s': it serves all processes",
                           argv[optind]);
    return serve(&request, &error) == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_serve = {
    .name = "serve",
    .arguments = "[OPTION]...",
    .summary = "serve profiles over HTTP, for go tool pprof and the like",
    .help = help,
    .run = run,
};
