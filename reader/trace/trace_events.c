/* SPDX-License-Identifier: MIT */
/*
 * From a lane's words to events (see trace.h). Any words give events that nest and never go back in
 * time: an end without a begin is left out, and a gap ends the calls that are open. The calls that
 * were open at the beginning are known from the context of the first entry.
 */
#include <stdlib.h>

#include "reader/base/index_stack.h"
#include "trace.h"

struct decoder {
    const struct trace *trace;
    const struct trace_lane *lane;
    int (*take)(void *context, const struct trace_event *event);
    void *context;
    uint64_t ticks; /* time of the last event; 0: unknown */
    uint64_t off_cpu;
    struct index_stack open; /* nodes of the open calls */
    bool must_reopen;        /* there was a gap: the open calls are not known */
    bool is_told;            /* trace->since_ns is reached */
};

static uint64_t function_of(const struct decoder *decoder, uint32_t node) {
    return decoder->trace->snapshot->nodes[node].function;
}

/* Calls that are open at the beginning begin there, except one that begins or ends just then. */
static int begin_to_tell(struct decoder *decoder, enum trace_kind kind) {
    const uint32_t depth = decoder->open.depth - (kind == TRACE_BEGIN) + (kind == TRACE_END);
    int result = 0;
    decoder->is_told = true;
    for (uint32_t i = 0; i < depth && result == 0; i++)
        result = decoder->take(
            decoder->context,
            &(struct trace_event){.kind = TRACE_BEGIN,
                                  .ns = decoder->trace->since_ns,
                                  .function = function_of(decoder, decoder->open.items[i])});
    return result;
}

static int give(struct decoder *decoder, enum trace_kind kind, uint64_t function, const char *name,
                int64_t value) {
    const uint64_t start = decoder->trace->snapshot->header.start.ticks;
    const uint64_t ticks = decoder->ticks > start ? decoder->ticks - start : 0;
    const uint64_t ns = snapshot_ns(decoder->trace->snapshot, (double)ticks);
    if (ns < decoder->trace->since_ns)
        return 0;
    if (!decoder->is_told && decoder->trace->since_ns != 0) {
        const int result = begin_to_tell(decoder, kind);
        if (result != 0)
            return result;
    }
    return decoder->take(decoder->context, &(struct trace_event){kind, ns, function, name, value});
}

static int begin(struct decoder *decoder, uint32_t node) {
    if (index_stack_push(&decoder->open, node) != 0)
        return -1;
    return give(decoder, TRACE_BEGIN, function_of(decoder, node), NULL, 0);
}

static int end(struct decoder *decoder) {
    const uint32_t node = decoder->open.items[--decoder->open.depth];
    return give(decoder, TRACE_END, function_of(decoder, node), NULL, 0);
}

static bool is_call(const struct snapshot *snapshot, uint32_t node) {
    return node != 0 && node < snapshot->node_count && snapshot->node_lane[node] != SNAPSHOT_NONE &&
           !build_is_pseudo(snapshot->nodes[node].function);
}

/* Outermost first. The path is walked once for each of its calls, which happens only after a
 * gap. */
static int reopen(struct decoder *decoder, uint32_t node) {
    const struct snapshot *snapshot = decoder->trace->snapshot;
    uint32_t last = 0;
    int result = 0;
    decoder->must_reopen = false;
    while (result == 0) {
        uint32_t at = snapshot->nodes[node].parent;
        if (!is_call(snapshot, at) || at == last)
            return 0;
        while (is_call(snapshot, snapshot->nodes[at].parent) && snapshot->nodes[at].parent != last)
            at = snapshot->nodes[at].parent;
        result = begin(decoder, at);
        last = at;
    }
    return result;
}

static int enter(struct decoder *decoder, uint32_t node) {
    if (!is_call(decoder->trace->snapshot, node))
        return 0;
    if (decoder->must_reopen && reopen(decoder, node) != 0)
        return -1;
    return begin(decoder, node);
}

static int leave(struct decoder *decoder, uint32_t node) {
    uint32_t depth = decoder->open.depth;
    int result = 0;
    while (depth > 0 && decoder->open.items[depth - 1] != node)
        depth--;
    while (result == 0 && depth != 0 && decoder->open.depth >= depth)
        result = end(decoder);
    return result;
}

static int gap(struct decoder *decoder, uint64_t lost) {
    int result = 0;
    while (result == 0 && decoder->open.depth > 0)
        result = end(decoder);
    decoder->must_reopen = decoder->lane->kind != SEGMENT_LANE_SIGNAL;
    return result == 0 ? give(decoder, TRACE_GAP, 0, NULL, (int64_t)lost) : result;
}

/* Completes the low bits of a time that is not before the last. */
static void pass_to(struct decoder *decoder, uint64_t word) {
    const uint64_t mask = (UINT64_C(1) << SEGMENT_TRACE_TIME_BITS) - 1;
    decoder->ticks += (word - decoder->ticks) & mask;
}

static int say_off_cpu(struct decoder *decoder) {
    const int64_t ns = (int64_t)snapshot_ns(decoder->trace->snapshot, (double)decoder->off_cpu);
    decoder->off_cpu = 0;
    return ns == 0 ? 0 : give(decoder, TRACE_OFF_CPU, 0, NULL, ns);
}

static int mark(struct decoder *decoder, uint64_t word, enum trace_kind kind, int64_t value) {
    const struct snapshot *snapshot = decoder->trace->snapshot;
    const uint64_t label = word >> SEGMENT_TRACE_TIME_BITS & 0xff;
    if (decoder->ticks == 0 || (label != SEGMENT_TRACE_HEAP && label >= snapshot->label_count))
        return 0;
    pass_to(decoder, word);
    return give(decoder, kind, 0,
                label == SEGMENT_TRACE_HEAP ? "memory in use" : snapshot->labels[label].value,
                value);
}

static int64_t number_in(uint64_t word) {
    return (int64_t)(word << 6) >> 6;
}

/* The word after a value contains its number. */
static int value(struct decoder *decoder, uint64_t word, uint64_t next) {
    return next >> 58 == (SEGMENT_TRACE_OTHER << 4 | SEGMENT_TRACE_NUMBER)
               ? mark(decoder, word, TRACE_VALUE, number_in(next))
               : 0;
}

static int other(struct decoder *decoder, uint64_t word, uint64_t next) {
    const uint64_t payload = word & ((UINT64_C(1) << 58) - 1);
    switch (word >> 58 & 15) {
    case SEGMENT_TRACE_TIME:
        if (payload > decoder->ticks)
            decoder->ticks = payload;
        return 0;
    case SEGMENT_TRACE_LOST:
        return gap(decoder, payload);
    case SEGMENT_TRACE_OFF_CPU:
        decoder->off_cpu += payload;
        return 0;
    case SEGMENT_TRACE_MARK:
        return mark(decoder, word, TRACE_MARK, 0);
    case SEGMENT_TRACE_VALUE:
        return value(decoder, word, next);
    default:
        return 0;
    }
}

static int decode(struct decoder *decoder, uint64_t word, uint64_t next) {
    const uint32_t node = (uint32_t)(word >> SEGMENT_TRACE_TIME_BITS) & ((1u << 27) - 1);
    const unsigned kind = (unsigned)(word >> 62);
    if (kind == SEGMENT_TRACE_OTHER)
        return other(decoder, word, next);
    if (kind == 0 || decoder->ticks == 0)
        return 0;
    pass_to(decoder, word);
    if (say_off_cpu(decoder) != 0)
        return -1;
    return kind == SEGMENT_TRACE_ENTER ? enter(decoder, node) : leave(decoder, node);
}

int trace_events(const struct trace *trace, const struct trace_lane *lane,
                 int (*take)(void *context, const struct trace_event *event), void *context) {
    struct decoder decoder = {.trace = trace,
                              .lane = lane,
                              .take = take,
                              .context = context,
                              .must_reopen = lane->is_cut};
    int result = 0;
    for (uint64_t i = 0; i < lane->count && result == 0; i++)
        result = decode(&decoder, lane->words[i], i + 1 < lane->count ? lane->words[i + 1] : 0);
    if (result == 0 && trace->since_ns != 0 && !decoder.is_told)
        result = begin_to_tell(&decoder, TRACE_MARK);
    free(decoder.open.items);
    return result;
}
