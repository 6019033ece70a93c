/* SPDX-License-Identifier: MIT */
/*
 * `cinstr stack`: prints the open calls of each thread of a process, and how long each has been
 * open. For a process that hangs or has died.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>

#include "cli/base/command.h"
#include "cli/print/text.h"
#include "cli/print/units.h"
#include "cli/source/source.h"
#include "page/json_text.h"
#include "reader/build/build_stacks.h"

static const char *kind_name(const struct snapshot_lane *lane) {
    switch (lane->info.kind) {
    case SEGMENT_LANE_THREAD:
        return "thread";
    case SEGMENT_LANE_SIGNAL:
        return "signal handler";
    default:
        return "other stack";
    }
}

/* Calls that began after the nodes were copied are open, but the snapshot has no name for them. */
static uint64_t unnamed_calls(const struct stacks_stack *stack) {
    return stack->lane->open > stack->count ? stack->lane->open - stack->count : 0;
}

/* --- text ------------------------------------------------------------------------------------- */

static void print_stack(const struct stacks_stack *stack) {
    const struct snapshot_lane *lane = stack->lane;
    printf("%s %" PRIu32 " ", kind_name(lane), lane->info.tid);
    text_print(stdout, lane->info.thread_name);
    if (lane->open == 0)
        printf(": in no instrumented call");
    if (!lane->is_steady)
        printf(": running; its innermost calls change too fast to be read");
    putchar('\n');
    if (unnamed_calls(stack) != 0)
        printf("%12s  (%" PRIu64 " calls just begun)\n", "", unnamed_calls(stack));
    for (uint32_t i = 0; i < stack->count; i++) {
        const struct stacks_frame *frame = &stack->frames[i];
        printf("%12s  ", frame->is_timed ? units_ns((double)frame->ns).text : "-");
        text_print_name(stdout, frame->function);
        if (frame->file[0] != '\0') {
            printf("  ");
            text_print(stdout, text_base_name(frame->file));
            if (frame->line > 0)
                printf(":%" PRId64, frame->line);
        }
        putchar('\n');
    }
}

static void print_text(const struct snapshot *snapshot, const struct stacks *stacks) {
    text_print(stdout, snapshot->header.program);
    printf(" (pid %" PRIu32 "), %s%s\n", snapshot->header.pid,
           snapshot->is_live ? "now; each call's time since it was entered" : "when it ended",
           stacks->count == 0 ? ": no thread is in instrumented code" : "");
    for (uint32_t i = 0; i < stacks->count; i++) {
        putchar('\n');
        print_stack(&stacks->stacks[i]);
    }
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *frame_entry(const struct stacks_frame *frame) {
    return json_pack("{s:o, s:o, s:I, s:o}", "function", json_text(frame->function), "file",
                     json_text(frame->file), "line", (json_int_t)frame->line, "open_ns",
                     frame->is_timed ? json_integer((json_int_t)frame->ns) : json_null());
}

static json_t *stack_entry(const struct stacks_stack *stack) {
    const struct snapshot_lane *lane = stack->lane;
    json_t *frames = json_array();
    for (uint32_t i = 0; i < stack->count; i++)
        json_array_append_new(frames, frame_entry(&stack->frames[i]));
    return json_pack("{s:I, s:o, s:s, s:b, s:I, s:o}", "tid", (json_int_t)lane->info.tid, "thread",
                     json_text(lane->info.thread_name), "kind", kind_name(lane), "is_steady",
                     lane->is_steady, "open_calls", (json_int_t)lane->open, "frames", frames);
}

static int print_json(const struct snapshot *snapshot, const struct stacks *stacks,
                      struct error *error) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < stacks->count; i++)
        json_array_append_new(array, stack_entry(&stacks->stacks[i]));
    return json_print(stdout,
                      json_pack("{s:I, s:o, s:b, s:o}", "pid", (json_int_t)snapshot->header.pid,
                                "program", json_text(snapshot->header.program), "is_live",
                                snapshot->is_live, "stacks", array),
                      error);
}

/* --- the command ------------------------------------------------------------------------------ */

static int print(const struct snapshot *snapshot, bool as_json, struct error *error) {
    struct stacks stacks;
    int result = 0;
    if (build_stacks(&stacks, snapshot, error) != 0)
        return -1;
    if (as_json)
        result = print_json(snapshot, &stacks, error);
    else
        print_text(snapshot, &stacks);
    stacks_free(&stacks);
    return result;
}

static const char help[] =
    "Shows where each thread of a process is: its open calls, innermost first, and\n"
    "how long each has been open. The process is not stopped. Of one that was\n"
    "killed: where it was.\n"
    "\n" SOURCE_HELP "\n"
    "Options:\n"
    "      --json            machine-readable: innermost first, nanoseconds\n"
    "      --long-names      C++ names with their template arguments and "
    "parameters\n" HELP_DIRECTORY "  -h, --help            show this help\n"
    "\n"
    "Only instrumented functions are seen, and of calls that are counted and not\n"
    "timed only those above a call that is timed. The line is that of\n"
    "the call which has not returned; of the innermost function, where it begins.\n"
    "Exit status: 0 fine, 1 failed, 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr stack 4711\n"
    "  cinstr stack --json lua | jq '.stacks[].frames[0]'\n";

static const struct option names[] = {
    {"json", no_argument, NULL, 'j'},
    {"directory", required_argument, NULL, 'd'},
    {"long-names", no_argument, NULL, 'L'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

struct request {
    const char *directory;
    bool json;
};

static int set(const struct command *command, void *context, int option) {
    struct request *request = context;
    (void)command;
    if (option == 'j')
        request->json = true;
    else if (option == 'L')
        text_show_long_names();
    else
        request->directory = optarg;
    return STATUS_FINE;
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {0};
    const int status =
        read_options(command, argc, argv, &(struct command_options){":h", names, set}, &request);
    if (status != STATUS_GO_ON)
        return status;
    const char *name = source_argument(command, argc, argv);
    if (name == NULL)
        return STATUS_USAGE;
    struct source source;
    struct error error;
    int result = -1;
    if (source_open(&source, name, request.directory, &error) != 0)
        return fail(&error);
    struct snapshot *snapshot = source_snapshot(&source, "cinstr stack", &error);
    if (snapshot != NULL)
        result = print(snapshot, request.json, &error);
    snapshot_free(snapshot);
    source_close(&source);
    return result == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_stack = {
    .name = "stack",
    .arguments = "[OPTION]... SOURCE",
    .summary = "show the open calls of each thread, and for how long",
    .help = help,
    .run = run,
};
