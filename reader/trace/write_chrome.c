/* SPDX-License-Identifier: MIT */
/*
 * Writes a trace as JSON for chrome://tracing and Perfetto: "Trace Event Format", Google 2016.
 * Times are microseconds with three decimals. It is written piece by piece, since it may be larger
 * than memory.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "trace.h"

#define FIRST_OTHER UINT64_C(1000000000) /* "threads" that stand for a thread's other stacks */

struct writer {
    const struct trace *trace;
    FILE *out;
    uint64_t tid;
    bool is_first;
};

static void print_text(FILE *out, const char *text) {
    fputc('"', out);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
        if (*at == '"' || *at == '\\')
            fprintf(out, "\\%c", *at);
        else if (*at < 0x20 || *at == 0x7f)
            fprintf(out, "\\u%04x", *at);
        else
            fputc(*at, out);
    }
    fputc('"', out);
}

static void begin_event(struct writer *writer, const char *phase, uint64_t ns) {
    fprintf(writer->out,
            "%s\n{\"ph\":\"%s\",\"pid\":%" PRIu32 ",\"tid\":%" PRIu64 ",\"ts\":%" PRIu64
            ".%03" PRIu64,
            writer->is_first ? "" : ",", phase, writer->trace->snapshot->header.pid, writer->tid,
            ns / 1000, ns % 1000);
    writer->is_first = false;
}

static void print_named(struct writer *writer, const char *phase, uint64_t ns, const char *name) {
    begin_event(writer, phase, ns);
    fputs(",\"name\":", writer->out);
    print_text(writer->out, name);
}

static int take(void *context, const struct trace_event *event) {
    struct writer *writer = context;
    const struct profile_function *function;
    switch (event->kind) {
    case TRACE_BEGIN:
    case TRACE_END: /* the end has the name as well: some viewers match by it */
        function = trace_function(writer->trace, event->function);
        if (function == NULL)
            return -1;
        print_named(writer, event->kind == TRACE_BEGIN ? "B" : "E", event->ns, function->name);
        break;
    case TRACE_MARK:
        print_named(writer, "i", event->ns, event->name);
        fputs(",\"s\":\"t\"", writer->out);
        break;
    case TRACE_VALUE:
        print_named(writer, "C", event->ns, event->name);
        fprintf(writer->out, ",\"args\":{\"value\":%" PRId64 "}", event->value);
        break;
    default:
        print_named(writer, "i", event->ns,
                    event->kind == TRACE_GAP ? "events lost" : "was off the CPU");
        fprintf(writer->out, ",\"s\":\"t\",\"args\":{\"%s\":%" PRId64 "}",
                event->kind == TRACE_GAP ? "events" : "ns", event->value);
    }
    fputc('}', writer->out);
    return ferror(writer->out) ? -1 : 0;
}

static void name_thread(struct writer *writer, const struct trace_lane *lane) {
    const char *others[] = {[SEGMENT_LANE_SIGNAL] = ": signals", [SEGMENT_LANE_STACK] = ": stack"};
    const bool is_other = lane->kind == SEGMENT_LANE_SIGNAL || lane->kind == SEGMENT_LANE_STACK;
    char name[64];
    snprintf(name, sizeof(name), "%s%s", lane->thread_name, is_other ? others[lane->kind] : "");
    writer->tid = is_other ? FIRST_OTHER + lane->lane : lane->tid;
    print_named(writer, "M", 0, "thread_name");
    fputs(",\"args\":{\"name\":", writer->out);
    print_text(writer->out, name);
    fputs("}}", writer->out);
}

static void name_process(struct writer *writer) {
    print_named(writer, "M", 0, "process_name");
    fputs(",\"args\":{\"name\":", writer->out);
    print_text(writer->out, writer->trace->snapshot->header.program);
    fputs("}}", writer->out);
}

static int write_all(struct writer *writer) {
    int result = 0;
    fputs("{\"displayTimeUnit\":\"ns\",\"traceEvents\":[", writer->out);
    name_process(writer);
    for (uint32_t i = 0; i < writer->trace->lane_count && result == 0; i++) {
        name_thread(writer, &writer->trace->lanes[i]);
        result = trace_events(writer->trace, &writer->trace->lanes[i], take, writer);
    }
    fprintf(writer->out,
            "\n],\"otherData\":{\"producer\":\"cinstr " CINSTR_VERSION
            "\",\"lost_events\":\"%" PRIu64 "\"}}\n",
            writer->trace->lost);
    return result;
}

int trace_write_chrome(const struct trace *trace, int fd, struct error *error) {
    const int copy = dup(fd);
    struct writer writer = {trace, copy < 0 ? NULL : fdopen(copy, "w"), 0, true};
    int result;
    if (writer.out == NULL) {
        if (copy >= 0)
            close(copy);
        return error_set_errno(error, "cannot write the trace");
    }
    errno = 0;
    result = write_all(&writer);
    if (fclose(writer.out) != 0 || result != 0)
        return error_set_errno(error, "cannot write the trace");
    return 0;
}
