/* SPDX-License-Identifier: MIT */
/*
 * `cinstr top`: what a process does now, renewed every second: on a terminal a screen with keys,
 * elsewhere one table after another.
 */
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/print/text.h"
#include "top_screen.h"
#include "top_table.h"

enum { HEADING = 2, ROWS_OF_HEAD = 3, CONTROL_C = 3 };

struct request {
    struct top_options options;
    const char *directory;
    double seconds;
    uint64_t count; /* tables; 0: until the process ends */
    bool has_limit;
};

struct top {
    struct request *request;
    struct top_table *table;
    struct source source;
    int process; /* its pidfd; -1 none */
    bool is_screen;
};

/* --- tables ----------------------------------------------------------------------------------- */

static int print_plain(struct top *top, bool is_first, struct error *error) {
    if (!is_first)
        putchar('\n');
    const int result = top_table_print(stdout, top->table, &top->request->options, 0, error);
    return fflush(stdout) == 0 ? result : error_set_errno(error, "cannot write to standard output");
}

static int show(struct top *top, struct error *error) {
    struct top_options options = top->request->options;
    const uint32_t height = top_screen_height();
    const uint32_t room = height > ROWS_OF_HEAD + 1 ? height - ROWS_OF_HEAD - 1 : 1;
    char *text = NULL;
    size_t size;
    FILE *memory = open_memstream(&text, &size);
    if (memory == NULL)
        return error_set(error, "out of memory");
    if (options.limit == 0 || options.limit > room)
        options.limit = room;
    const int result = top_table_print(memory, top->table, &options, top_screen_width(), error);
    fputs("q: quit; sorted by s: self, t: total, c: calls, p: time per call, n: name", memory);
    fclose(memory);
    if (result == 0)
        top_screen_show(text, HEADING);
    free(text);
    return result;
}

static int print(struct top *top, bool is_first, struct error *error) {
    return top->is_screen ? show(top, error) : print_plain(top, is_first, error);
}

/* --- waiting ---------------------------------------------------------------------------------- */

/* False: the user has had enough. */
static bool handle_key(struct top *top, int key) {
    static const char keys[] = {'s', 't', 'c', 'p', 'n'};
    static const enum report_sort sorts[] = {REPORT_SORT_SELF, REPORT_SORT_TOTAL, REPORT_SORT_CALLS,
                                             REPORT_SORT_PER_CALL, REPORT_SORT_NAME};
    const char *found = key > 0 && key < 128 ? memchr(keys, key, sizeof(keys)) : NULL;
    if (found != NULL)
        top->request->options.sort = sorts[found - keys];
    return key != 'q' && key != CONTROL_C;
}

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Waits until the next table is due or the process has ended, and follows keys meanwhile. False: to
 * be ended. */
static bool wait_for_next(struct top *top) {
    const int64_t end = now_ms() + (int64_t)(top->request->seconds * 1000);
    struct error ignored;
    for (int64_t left = end - now_ms(); left > 0; left = end - now_ms()) {
        struct pollfd fds[] = {{top->process, POLLIN, 0},
                               {top->is_screen ? STDIN_FILENO : -1, POLLIN, 0}};
        const int ready = poll(fds, 2, (int)(left < INT32_MAX ? left : INT32_MAX));
        if (ready == 0 || (ready < 0 && errno != EINTR) || fds[0].revents != 0)
            return true;
        if ((fds[1].revents & (POLLHUP | POLLERR)) != 0)
            return false;
        if (top->is_screen) {
            if (!handle_key(top, top_screen_key()))
                return false;
            show(top, &ignored);
        }
    }
    return true;
}

static int follow(struct top *top, struct error *error) {
    for (uint64_t done = 0;; done++) {
        if (top_table_update(top->table, &top->source, &top->request->options, error) != 0 ||
            print(top, done == 0, error) != 0)
            return -1;
        if (top->process < 0)
            top->process = (int)syscall(SYS_pidfd_open, top_table_pid(top->table), 0);
        if (!top_table_is_live(top->table) || done + 1 == top->request->count ||
            !wait_for_next(top))
            return 0;
    }
}

static int run_top(struct top *top, const char *text, struct error *error) {
    if (source_open(&top->source, text, top->request->directory, error) != 0)
        return -1;
    top->table = top_table_new(error);
    int result = -1;
    if (top->table != NULL) {
        top->is_screen = top_screen_open();
        result = follow(top, error);
        top_screen_close();
        if (result == 0 && top->is_screen && !top_table_is_live(top->table))
            note("process %u has ended", top_table_pid(top->table));
    }
    top_table_free(top->table);
    if (top->process >= 0)
        close(top->process);
    source_close(&top->source);
    return result;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Shows what a process does, renewed every second: calls, calls a second since the\n"
    "last table, time, and with histogram=1 how long calls take. It only reads the\n"
    "process's segment: the process is not stopped. On a terminal q ends it; elsewhere\n"
    "it prints one table after another.\n"
    "\n" SOURCE_HELP "\n"
    "Options:\n"
    "      --interval SECONDS  between two tables (default 1)\n"
    "      --count N         end after N tables (default when the process ends)\n"
    "      --value NAME      which value: cpu (default where it is recorded), wall, ...\n"
    "  -s, --sort KEY        by self (default), total, calls, per-call, name; with\n"
    "                        histogram=1 also p50, p90, p99, longest\n"
    "  -n, --limit N         at most N rows, 0 all (default 25; what the terminal holds)\n"
    "      --long-names      C++ names with their template arguments and\n"
    "                        parameters\n" HELP_DIRECTORY "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr top 4711\n"
    "  cinstr top --sort calls lua\n"
    "  cinstr top --interval 10 --count 6 4711 >minute.txt\n";

enum { OPTION_INTERVAL = 256, OPTION_COUNT, OPTION_VALUE, OPTION_LONG_NAMES, OPTION_DIRECTORY };
enum { PLAIN_LIMIT = 25 };

static const struct option names[] = {
    {"interval", required_argument, NULL, OPTION_INTERVAL},
    {"count", required_argument, NULL, OPTION_COUNT},
    {"value", required_argument, NULL, OPTION_VALUE},
    {"sort", required_argument, NULL, 's'},
    {"limit", required_argument, NULL, 'n'},
    {"long-names", no_argument, NULL, OPTION_LONG_NAMES},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_limit(const struct command *command, struct request *request) {
    uint64_t limit;
    request->has_limit = parse_number(optarg, 0, UINT32_MAX, &limit);
    if (!request->has_limit)
        return usage_error(command, "--limit takes a number of rows, not '%s'", optarg);
    request->options.limit = (uint32_t)limit;
    return STATUS_FINE;
}

static int set(const struct command *command, void *context, int option) {
    struct request *request = context;
    switch (option) {
    case OPTION_INTERVAL:
        return parse_real(optarg, 0.05, 1e6, &request->seconds)
                   ? STATUS_FINE
                   : usage_error(command, "--interval takes 0.05 to 1000000 seconds, not '%s'",
                                 optarg);
    case OPTION_COUNT:
        return parse_number(optarg, 1, UINT64_MAX - 1, &request->count)
                   ? STATUS_FINE
                   : usage_error(command, "--count takes a number of tables, not '%s'", optarg);
    case OPTION_VALUE:
        request->options.value = optarg;
        return STATUS_FINE;
    case OPTION_LONG_NAMES:
        text_show_long_names();
        return STATUS_FINE;
    case OPTION_DIRECTORY:
        request->directory = optarg;
        return STATUS_FINE;
    case 's':
        return report_sort_named(optarg, &request->options.sort)
                   ? STATUS_FINE
                   : usage_error(command, "unknown sort key '%s': see --help", optarg);
    default:
        return set_limit(command, request);
    }
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.seconds = 1};
    struct top top = {.request = &request, .process = -1};
    struct error error;
    const int status = read_options(command, argc, argv,
                                    &(struct command_options){":s:n:h", names, set}, &request);
    if (status != STATUS_GO_ON)
        return status;
    const char *source = source_argument(command, argc, argv);
    if (source == NULL)
        return STATUS_USAGE;
    if (!request.has_limit && !isatty(STDOUT_FILENO))
        request.options.limit = PLAIN_LIMIT;
    return run_top(&top, source, &error) == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_top = {
    .name = "top",
    .arguments = "[OPTION]... SOURCE",
    .summary = "show what a process does, renewed every second",
    .help = help,
    .run = run,
};
