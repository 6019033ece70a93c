/* SPDX-License-Identifier: MIT */
/*
 * `cinstr ps`: lists the segments of this user's processes: those that run and those that ended
 * without writing a profile. A segment that it cannot read is one line on standard error and is
 * left out of the list.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/print/text.h"
#include "cli/print/units.h"
#include "page/json_text.h"
#include "reader/build/verify_segment.h"
#include "reader/snapshot/segments.h"
#include "reader/snapshot/snapshot.h"

struct request {
    const char *directory;
    bool is_clean, is_dry, as_json, quiet;
};

struct process {
    const struct segments_entry *entry;
    bool is_read; /* the fields below are known */
    uint64_t calls, open, contexts, threads, ended_threads;
};

/* A process that ends while we look removes its segment; that of one that is just starting is
 * not complete. */
static bool is_passing(const struct segments_entry *entry) {
    enum { BEGINNING = 2 }; /* seconds */
    struct stat status;
    return stat(entry->path, &status) != 0 ? errno == ENOENT
                                           : time(NULL) - status.st_mtim.tv_sec < BEGINNING;
}

static struct process read_process(const struct segments_entry *entry) {
    struct process process = {.entry = entry};
    struct snapshot_totals totals;
    struct error error;
    struct snapshot *snapshot = snapshot_open(entry->path, &error);
    if (snapshot == NULL) {
        if (!is_passing(entry))
            note("%s", error.message);
        return process;
    }
    snapshot_sum(snapshot, &totals);
    process.is_read = true;
    process.calls = totals.calls;
    process.open = totals.open;
    process.contexts = totals.nodes;
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        const struct segment_lane *lane = &snapshot->lanes[i].info;
        process.threads += lane->kind == SEGMENT_LANE_THREAD;
        process.ended_threads += lane->kind == SEGMENT_LANE_ENDED ? lane->threads : 0;
    }
    snapshot_free(snapshot);
    return process;
}

static double age_seconds(const struct segments_entry *entry) {
    struct timespec now = {0, 0};
    clock_gettime(CLOCK_REALTIME, &now);
    const double start = (double)entry->header.start_realtime_ns / 1e9;
    const double age = (double)now.tv_sec + (double)now.tv_nsec / 1e9 - start;
    return age > 0 ? age : 0;
}

/* --- the table -------------------------------------------------------------------------------- */

static void print_count(uint64_t count, bool is_known, int width) {
    printf(" %*s", width, is_known ? units_count((int64_t)count).text : "-");
}

static void print_row(const struct process *process) {
    const struct segment_header *header = &process->entry->header;
    printf("%7" PRIu32 " %-9s %8s", header->pid, segments_state(process->entry),
           units_age(age_seconds(process->entry)).text);
    print_count(process->threads, process->is_read, 7);
    print_count(process->calls, process->is_read, 17);
    print_count(process->contexts, process->is_read, 9);
    printf("  ");
    text_print(stdout, header->program);
    printf("  ");
    text_print(stdout, process->entry->path);
    putchar('\n');
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* Each argument ends with a NUL, but the last may have been cut off. */
static json_t *command_line(const struct segment_header *header) {
    json_t *array = json_array();
    const char *end = header->command_line + sizeof(header->command_line);
    for (const char *at = header->command_line; at < end && *at != '\0'; at += strlen(at) + 1)
        json_array_append_new(array, json_text(at));
    return array;
}

static json_t *count_or_null(uint64_t count, bool is_known) {
    return is_known ? json_integer((json_int_t)count) : json_null();
}

static json_t *process_entry(const struct process *process) {
    const struct segments_entry *entry = process->entry;
    const struct segment_header *header = &entry->header;
    const bool is_read = process->is_read;
    return json_pack(
        "{s:I, s:o, s:o, s:s, s:b, s:I, s:f, s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "pid",
        (json_int_t)header->pid, "program", json_text(header->program), "command",
        command_line(header), "state", segments_state(entry), "has_ended",
        segments_has_ended(entry), "start_ns", (json_int_t)header->start_realtime_ns, "age_seconds",
        age_seconds(entry), "threads", count_or_null(process->threads, is_read), "ended_threads",
        count_or_null(process->ended_threads, is_read), "calls",
        count_or_null(process->calls, is_read), "open_calls", count_or_null(process->open, is_read),
        "contexts", count_or_null(process->contexts, is_read), "segment_bytes",
        (json_int_t)header->size, "segment", json_text(entry->path));
}

/* --- all of them ------------------------------------------------------------------------------ */

static int list(const struct segments *segments, bool as_json, struct error *error) {
    json_t *array = as_json ? json_array() : NULL;
    bool any = false;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segments_entry *entry = &segments->entries[i];
        if (entry->problem != NULL) {
            if (!is_passing(entry))
                note("%s", entry->problem);
            continue;
        }
        const struct process process = read_process(entry);
        if (!process.is_read && is_passing(entry))
            continue;
        if (!as_json && !any)
            printf("%7s %-9s %8s %7s %17s %9s  %s\n", "pid", "state", "age", "threads", "calls",
                   "contexts", "program and segment");
        if (as_json)
            json_array_append_new(array, process_entry(&process));
        else
            print_row(&process);
        any = true;
    }
    if (as_json)
        return json_print(stdout, json_pack("{s:o}", "processes", array), error);
    if (!any)
        note("nothing is recorded here");
    return 0;
}

static bool is_one_of(uint32_t pid, char *const *pids) {
    for (; *pids != NULL; pids++) {
        if (strtoull(*pids, NULL, 10) == pid)
            return true;
    }
    return false;
}

/* `pids` ends with a NULL; if it is empty, all processes that have ended are meant. */
static int clean(const struct segments *segments, const struct request *request, char *const *pids,
                 struct error *error) {
    size_t removed = 0;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segments_entry *entry = &segments->entries[i];
        if (!segments_has_ended(entry) || (pids[0] != NULL && !is_one_of(entry->header.pid, pids)))
            continue;
        if (request->is_dry) {
            text_print(stdout, entry->path);
            putchar('\n');
        } else if (segments_remove(segments, entry, error) != 0) {
            return -1;
        }
        removed++;
    }
    if (removed == 0 && pids[0] != NULL)
        return error_set(error, "nothing to remove: no process of that pid has ended and left a "
                                "segment; `cinstr ps` lists what there is");
    if (!request->quiet)
        note("%zu %s of processes that have ended %s", removed,
             removed == 1 ? "segment" : "segments",
             request->is_dry ? "would be removed" : "removed");
    return 0;
}

static const char help[] =
    "Lists the processes of this user that are being recorded, and those that ended\n"
    "without writing their profile (killed, crashed, _exit): take it with\n"
    "`cinstr dump PID`.\n"
    "\n"
    "Options:\n"
    "      --clean           remove the segments of processes that have ended for\n"
    "                        certain: of the PIDs that are given, else of all\n"
    "      --dry-run         with --clean: only list what would be removed\n"
    "      --json            machine-readable\n" HELP_DIRECTORY
    "  -q, --quiet           do not say how many were removed\n"
    "  -h, --help            show this help\n"
    "\n"
    "States: running, starting, exiting; exited, died (without exit), elsewhere (in\n"
    "a pid namespace that cannot be seen from here).\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr ps\n"
    "  cinstr ps --json | jq -r '.processes[] | select(.has_ended) | .segment'\n"
    "  cinstr ps --clean\n"
    "  cinstr ps --clean --dry-run 4711\n";

enum { OPTION_CLEAN = 256, OPTION_DRY, OPTION_JSON, OPTION_DIRECTORY };

static const struct option long_options[] = {
    {"clean", no_argument, NULL, OPTION_CLEAN},
    {"dry-run", no_argument, NULL, OPTION_DRY},
    {"json", no_argument, NULL, OPTION_JSON},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    (void)command;
    if (option == OPTION_CLEAN)
        request->is_clean = true;
    else if (option == OPTION_DRY)
        request->is_dry = true;
    else if (option == OPTION_JSON)
        request->as_json = true;
    else if (option == OPTION_DIRECTORY)
        request->directory = optarg;
    else
        request->quiet = true;
    return STATUS_FINE;
}

static const struct command_options options = {":qh", long_options, set_option};

static int check(const struct command *command, const struct request *request, char **pids) {
    uint64_t pid;
    if (pids[0] != NULL && !request->is_clean)
        return usage_error(command, "unexpected argument '%s': pids go with --clean", pids[0]);
    for (; *pids != NULL; pids++) {
        if (!parse_number(*pids, 1, UINT32_MAX, &pid))
            return usage_error(command, "'%s' is not a pid", *pids);
    }
    if (request->is_clean && request->as_json)
        return usage_error(command, "--clean and --json exclude each other");
    if (request->is_dry && !request->is_clean)
        return usage_error(command, "--dry-run goes with --clean");
    return STATUS_GO_ON;
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.directory = NULL};
    int status = read_options(command, argc, argv, &options, &request);
    if (status == STATUS_GO_ON)
        status = check(command, &request, argv + optind);
    if (status != STATUS_GO_ON)
        return status;
    struct segments segments;
    struct error error;
    if (segments_find(&segments, request.directory, &error) != 0)
        return fail(&error);
    const int result = request.is_clean ? clean(&segments, &request, argv + optind, &error)
                                        : list(&segments, request.as_json, &error);
    segments_free(&segments);
    return result == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_ps = {
    .name = "ps",
    .arguments = "[OPTION]... [PID]...",
    .summary = "list processes that are recorded, or ended without a profile",
    .help = help,
    .run = run,
};
