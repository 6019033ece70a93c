/* SPDX-License-Identifier: MIT */
/*
 * Writes a trace in Perfetto's own format (perfetto.proto). Each lane is a sequence of packets.
 * Times are differences to the packet before, and a name is written once and referred to by number,
 * so that most events take some ten bytes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "perfetto.pb-c.h"
#include "trace.h"

enum { TYPE_BEGIN = 1, TYPE_END, TYPE_INSTANT, TYPE_COUNTER };
enum { CLOCK_BOOT = 6, CLOCK_SEQUENCE = 64 };
enum { STATE_CLEARED = 1, STATE_NEEDED = 2 };
enum { UNIT_BYTES = 3 };

#define PROCESS_TRACK UINT64_C(1)
#define FIRST_LANE    UINT64_C(2)
#define FIRST_COUNTER (UINT64_C(1) << 32) /* and the label */
#define LABELS        256u

struct writer {
    const struct trace *trace;
    FILE *out;
    uint32_t sequence;
    uint64_t last_ns;
    uint32_t *names; /* by the profile's function: the last sequence that has its name */
    uint32_t names_capacity;
    char counters[LABELS][192]; /* names that have a track; "" ends the list */
};

/* --- packets ---------------------------------------------------------------------------------- */

/* Each is field 1 of the trace. */
static int put(struct writer *writer, Perfetto__TracePacket *packet) {
    unsigned char small[512], *bytes = small;
    size_t size, length;
    int result;
    packet->has_trusted_packet_sequence_id = 1;
    packet->trusted_packet_sequence_id = writer->sequence;
    size = perfetto__trace_packet__get_packed_size(packet);
    if (size > sizeof(small) && (bytes = malloc(size)) == NULL)
        return -1;
    perfetto__trace_packet__pack(packet, bytes);
    fputc(0x0a, writer->out);
    for (length = size; length >= 0x80; length >>= 7)
        fputc((int)(length & 0x7f) | 0x80, writer->out);
    fputc((int)length, writer->out);
    result = fwrite(bytes, 1, size, writer->out) == size ? 0 : -1;
    if (bytes != small)
        free(bytes);
    return result;
}

static int put_track(struct writer *writer, Perfetto__TrackDescriptor *track) {
    Perfetto__TracePacket packet = PERFETTO__TRACE_PACKET__INIT;
    packet.track_descriptor = track;
    return put(writer, &packet);
}

static int put_process(struct writer *writer) {
    const struct segment_header *header = &writer->trace->snapshot->header;
    Perfetto__ProcessDescriptor process = PERFETTO__PROCESS_DESCRIPTOR__INIT;
    Perfetto__TrackDescriptor track = PERFETTO__TRACK_DESCRIPTOR__INIT;
    process.has_pid = 1;
    process.pid = (int32_t)header->pid;
    process.process_name = (char *)header->program;
    track.has_uuid = 1;
    track.uuid = PROCESS_TRACK;
    track.process = &process;
    return put_track(writer, &track);
}

/* A thread's own stack is the thread's track; another stack of it is a track below. */
static int put_lane(struct writer *writer, const struct trace_lane *lane, uint64_t uuid) {
    Perfetto__ThreadDescriptor thread = PERFETTO__THREAD_DESCRIPTOR__INIT;
    Perfetto__TrackDescriptor track = PERFETTO__TRACK_DESCRIPTOR__INIT;
    char name[64];
    track.has_uuid = track.has_parent_uuid = 1;
    track.uuid = uuid;
    track.parent_uuid = PROCESS_TRACK;
    if (lane->kind == SEGMENT_LANE_SIGNAL || lane->kind == SEGMENT_LANE_STACK) {
        snprintf(name, sizeof(name), "%s %u: %s", lane->thread_name, lane->tid,
                 lane->kind == SEGMENT_LANE_SIGNAL ? "signals" : "stack");
        track.name = name;
        return put_track(writer, &track);
    }
    thread.has_pid = thread.has_tid = 1;
    thread.pid = (int32_t)writer->trace->snapshot->header.pid;
    thread.tid = (int32_t)lane->tid;
    thread.thread_name = (char *)lane->thread_name;
    track.thread = &thread;
    return put_track(writer, &track);
}

/* Times of the sequence begin at 0, the start of the recorder by the machine's clock. */
static int put_clock(struct writer *writer, uint64_t track) {
    Perfetto__Clock boot = PERFETTO__CLOCK__INIT, own = PERFETTO__CLOCK__INIT;
    Perfetto__Clock *clocks[] = {&boot, &own};
    Perfetto__ClockSnapshot snapshot = PERFETTO__CLOCK_SNAPSHOT__INIT;
    Perfetto__TrackEventDefaults event_defaults = PERFETTO__TRACK_EVENT_DEFAULTS__INIT;
    Perfetto__TracePacketDefaults defaults = PERFETTO__TRACE_PACKET_DEFAULTS__INIT;
    Perfetto__TracePacket packet = PERFETTO__TRACE_PACKET__INIT;
    boot.has_clock_id = boot.has_timestamp = own.has_clock_id = own.has_timestamp = 1;
    own.has_is_incremental = own.is_incremental = 1;
    boot.clock_id = CLOCK_BOOT;
    boot.timestamp = writer->trace->snapshot->header.start.monotonic_ns;
    own.clock_id = CLOCK_SEQUENCE;
    snapshot.n_clocks = 2;
    snapshot.clocks = clocks;
    event_defaults.has_track_uuid = 1;
    event_defaults.track_uuid = track;
    defaults.track_event_defaults = &event_defaults;
    defaults.has_timestamp_clock_id = 1;
    defaults.timestamp_clock_id = CLOCK_SEQUENCE;
    packet.clock_snapshot = &snapshot;
    packet.trace_packet_defaults = &defaults;
    packet.has_sequence_flags = 1;
    packet.sequence_flags = STATE_CLEARED;
    writer->last_ns = 0;
    return put(writer, &packet);
}

/* --- events ----------------------------------------------------------------------------------- */

static int put_event(struct writer *writer, uint64_t ns, Perfetto__TrackEvent *event,
                     Perfetto__InternedData *interned) {
    Perfetto__TracePacket packet = PERFETTO__TRACE_PACKET__INIT;
    packet.has_timestamp = packet.has_sequence_flags = 1;
    packet.timestamp = ns - writer->last_ns;
    packet.sequence_flags = STATE_NEEDED;
    packet.track_event = event;
    packet.interned_data = interned;
    writer->last_ns = ns;
    return put(writer, &packet);
}

/* 1: this sequence does not have the name yet, but will from now on. */
static int learn_name(struct writer *writer, uint32_t index) {
    if (index >= writer->names_capacity) {
        const uint32_t larger = index < 512 ? 1024 : index * 2;
        uint32_t *names = reallocarray(writer->names, larger, sizeof(*names));
        if (names == NULL)
            return -1;
        memset(names + writer->names_capacity, 0,
               (larger - writer->names_capacity) * sizeof(*names));
        writer->names = names;
        writer->names_capacity = larger;
    }
    if (writer->names[index] == writer->sequence)
        return 0;
    writer->names[index] = writer->sequence;
    return 1;
}

static int put_begin(struct writer *writer, uint64_t ns, uint64_t word) {
    const struct profile_function *function = trace_function(writer->trace, word);
    Perfetto__TrackEvent event = PERFETTO__TRACK_EVENT__INIT;
    Perfetto__EventName name = PERFETTO__EVENT_NAME__INIT, *names[] = {&name};
    Perfetto__SourceLocation place = PERFETTO__SOURCE_LOCATION__INIT, *places[] = {&place};
    Perfetto__InternedData interned = PERFETTO__INTERNED_DATA__INIT;
    if (function == NULL)
        return -1;
    const uint32_t index = (uint32_t)(function - writer->trace->profile->functions);
    const int is_new = learn_name(writer, index);
    event.has_type = event.has_name_iid = event.has_source_location_iid = 1;
    event.type = TYPE_BEGIN;
    event.name_iid = event.source_location_iid = (uint64_t)index + 1;
    name.has_iid = place.has_iid = place.has_line_number = 1;
    name.iid = place.iid = (uint64_t)index + 1;
    name.name = place.function_name = (char *)function->name;
    place.file_name = (char *)function->file;
    place.line_number = (uint32_t)function->start_line;
    interned.n_event_names = interned.n_source_locations = 1;
    interned.event_names = names;
    interned.source_locations = places;
    event.has_source_location_iid = function->file[0] != '\0' && is_new == 1;
    return is_new < 0 ? -1 : put_event(writer, ns, &event, is_new == 1 ? &interned : NULL);
}

static int put_end(struct writer *writer, uint64_t ns) {
    Perfetto__TrackEvent event = PERFETTO__TRACK_EVENT__INIT;
    event.has_type = 1;
    event.type = TYPE_END;
    return put_event(writer, ns, &event, NULL);
}

/* `what` is the name of `number`; NULL: the event has no number. */
static int put_instant(struct writer *writer, uint64_t ns, const char *name, const char *what,
                       int64_t number) {
    Perfetto__DebugAnnotation annotation = PERFETTO__DEBUG_ANNOTATION__INIT;
    Perfetto__DebugAnnotation *annotations[] = {&annotation};
    Perfetto__TrackEvent event = PERFETTO__TRACK_EVENT__INIT;
    event.has_type = 1;
    event.type = TYPE_INSTANT;
    event.name = (char *)name;
    if (what != NULL) {
        annotation.name = (char *)what;
        annotation.has_int_value = 1;
        annotation.int_value = number;
        event.n_debug_annotations = 1;
        event.debug_annotations = annotations;
    }
    return put_event(writer, ns, &event, NULL);
}

/* The track of a name, made if it is new. 0: no room, or it could not be written. */
static uint64_t counter_track(struct writer *writer, const char *name) {
    Perfetto__CounterDescriptor counter = PERFETTO__COUNTER_DESCRIPTOR__INIT;
    Perfetto__TrackDescriptor track = PERFETTO__TRACK_DESCRIPTOR__INIT;
    uint32_t index = 0;
    while (index < LABELS && writer->counters[index][0] != '\0' &&
           strcmp(writer->counters[index], name) != 0)
        index++;
    if (index == LABELS)
        return 0;
    if (writer->counters[index][0] != '\0')
        return FIRST_COUNTER + index;
    snprintf(writer->counters[index], sizeof(writer->counters[index]), "%s", name);
    counter.has_unit = strcmp(name, "memory in use") == 0;
    counter.unit = UNIT_BYTES;
    track.has_uuid = track.has_parent_uuid = 1;
    track.uuid = FIRST_COUNTER + index;
    track.parent_uuid = PROCESS_TRACK;
    track.name = (char *)name;
    track.counter = &counter;
    return put_track(writer, &track) == 0 ? track.uuid : 0;
}

static int put_value(struct writer *writer, uint64_t ns, const char *name, int64_t value) {
    Perfetto__TrackEvent event = PERFETTO__TRACK_EVENT__INIT;
    event.has_type = event.has_track_uuid = event.has_counter_value = 1;
    event.type = TYPE_COUNTER;
    event.track_uuid = counter_track(writer, name);
    event.counter_value = value;
    return event.track_uuid == 0 ? -1 : put_event(writer, ns, &event, NULL);
}

static int take(void *context, const struct trace_event *event) {
    struct writer *writer = context;
    switch (event->kind) {
    case TRACE_BEGIN:
        return put_begin(writer, event->ns, event->function);
    case TRACE_END:
        return put_end(writer, event->ns);
    case TRACE_MARK:
        return put_instant(writer, event->ns, event->name, NULL, 0);
    case TRACE_VALUE:
        return put_value(writer, event->ns, event->name, event->value);
    case TRACE_OFF_CPU:
        return put_instant(writer, event->ns, "was off the CPU", "ns", event->value);
    default:
        return put_instant(writer, event->ns, "events lost", "events", event->value);
    }
}

static int write_all(struct writer *writer) {
    const struct trace *trace = writer->trace;
    int result;
    writer->sequence = 1;
    result = put_process(writer);
    for (uint32_t i = 0; i < trace->lane_count && result == 0; i++) {
        writer->sequence = i + 2;
        result = put_lane(writer, &trace->lanes[i], FIRST_LANE + i);
        if (result == 0)
            result = put_clock(writer, FIRST_LANE + i);
        if (result == 0)
            result = trace_events(trace, &trace->lanes[i], take, writer);
    }
    return result;
}

int trace_write_perfetto(const struct trace *trace, int fd, struct error *error) {
    struct writer *writer = calloc(1, sizeof(*writer));
    const int copy = writer == NULL ? -1 : dup(fd);
    int result = -1;
    if (copy >= 0) {
        writer->trace = trace;
        writer->out = fdopen(copy, "w");
        if (writer->out == NULL)
            close(copy);
    }
    if (copy >= 0 && writer->out != NULL) {
        result = write_all(writer);
        if (fclose(writer->out) != 0)
            result = -1;
        free(writer->names);
    }
    free(writer);
    return result == 0 ? 0 : error_set_errno(error, "cannot write the trace");
}
