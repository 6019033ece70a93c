/* SPDX-License-Identifier: MIT */
/*
 * A small, complete and valid segment in memory, laid out tightly: ended threads, a thread with an
 * open call, a signal handler's lane below it and a coroutine; a label, a truncated context, every
 * kind of column. For tests that damage it: tests/fuzz/segment_fuzz.c, tests/unit/damage_test.c.
 */
#ifndef CINSTR_TESTS_SEGMENT_SAMPLE_H
#define CINSTR_TESTS_SEGMENT_SAMPLE_H

#include <string.h>

#include <cinstr/segment.h>

enum {
    SAMPLE_MODULES = 2,
    SAMPLE_LANES = 4,
    SAMPLE_LABELS = 2,
    SAMPLE_BLOCKS = 1 + SAMPLE_LANES, /* block 0 is nobody's */
    SAMPLE_NODES = SAMPLE_BLOCKS * (int)SEGMENT_BLOCK_NODES,
    SAMPLE_FRAMES = 8, /* room for so many, in each lane */
    SAMPLE_BUCKETS = 4,
    SAMPLE_TRACE = 16,  /* words of each ring */
    SAMPLE_SCALARS = 8, /* columns of single values, before the histogram */
    SAMPLE_COLUMNS = SAMPLE_SCALARS + 1,
};

#define SAMPLE_BASE     UINT64_C(0x7f0000000000)
#define SAMPLE_FUNCTION UINT64_C(0x555555555000) /* the first module's start */

struct segment_sample {
    union {
        struct segment_header header;
        unsigned char page[SEGMENT_HEADER_SIZE];
    };
    struct segment_module modules[SAMPLE_MODULES];
    struct segment_lane lanes[SAMPLE_LANES];
    struct segment_label labels[SAMPLE_LABELS];
    struct segment_block blocks[SAMPLE_BLOCKS + 1];
    struct segment_node nodes[SAMPLE_NODES];
    uint64_t scalars[SAMPLE_SCALARS][SAMPLE_NODES];
    uint32_t histograms[SAMPLE_NODES][SAMPLE_BUCKETS];
    struct segment_frame frames[SAMPLE_LANES][SAMPLE_FRAMES]; /* the heap begins here */
    struct segment_location samples[SAMPLE_LANES];
    uint64_t traces[SAMPLE_LANES][SAMPLE_TRACE];
};

static inline void sample_section(struct segment_sample *sample, enum segment_section_id id,
                                  const void *start, size_t element_size, uint64_t count) {
    sample->header.sections[id] = (struct segment_section){
        .offset = (uint64_t)((const unsigned char *)start - (const unsigned char *)sample),
        .capacity = count,
        .count = count,
        .element_size = (uint32_t)element_size,
    };
}

static inline void sample_add_column(struct segment_sample *sample, const char *name,
                                     const void *start, uint32_t element_size,
                                     enum segment_combine combine) {
    struct segment_column *column = &sample->header.columns[sample->header.column_count++];
    *column = (struct segment_column){
        .offset = (uint64_t)((const unsigned char *)start - (const unsigned char *)sample),
        .element_size = element_size,
        .combine = combine,
        .unit = "count",
    };
    memcpy(column->name, name, strlen(name));
}

static inline void sample_header(struct segment_sample *sample) {
    static const char *const scalars[SAMPLE_SCALARS] = {
        "unwinds", "off_cpu", "timed_calls", "min", "max", "instructions", "variance", "samples"};
    sample->header = (struct segment_header){
        .magic = SEGMENT_MAGIC,
        .version_major = SEGMENT_VERSION_MAJOR,
        .header_size = SEGMENT_HEADER_SIZE,
        .byte_order = SEGMENT_BYTE_ORDER,
        .state = SEGMENT_EXITED,
        .pid = 4321,
        .base = SAMPLE_BASE,
        .size = sizeof(*sample),
        .clock = SEGMENT_CLOCK_MONOTONIC,
        .timing = SEGMENT_TIMING_EXACT,
        .start_realtime_ns = UINT64_C(1700000000000000000),
        .start = {1000, 1000},
        .latest = {900000, 900000},
        .node_budget = 1000,
        .losses = {.truncated = 1},
        .program = "sample",
        .command_line = "sample",
        .sampling = {.period_ns = 10000000, .lost = 1},
        .trace = {.ring_words = SAMPLE_TRACE, .lost = 1},
    };
    sample_section(sample, SEGMENT_SECTION_MODULES, sample->modules, 512, SAMPLE_MODULES);
    sample_section(sample, SEGMENT_SECTION_LANES, sample->lanes, 256, SAMPLE_LANES);
    sample_section(sample, SEGMENT_SECTION_LABELS, sample->labels, 256, SAMPLE_LABELS);
    sample_section(sample, SEGMENT_SECTION_BLOCKS, sample->blocks, 8, SAMPLE_BLOCKS);
    sample_section(sample, SEGMENT_SECTION_NODES, sample->nodes, 64, SAMPLE_NODES);
    sample_section(sample, SEGMENT_SECTION_HEAP, sample->frames, 1,
                   sizeof(sample->frames) + sizeof(sample->samples) + sizeof(sample->traces));
    for (int i = 0; i < SAMPLE_SCALARS; i++)
        sample_add_column(sample, scalars[i], sample->scalars[i], 8,
                          i == 3   ? SEGMENT_COMBINE_MIN
                          : i == 4 ? SEGMENT_COMBINE_MAX
                          : i == 7 ? SEGMENT_COMBINE_SAMPLES
                                   : SEGMENT_COMBINE_SUM);
    sample_add_column(sample, "histogram", sample->histograms, SAMPLE_BUCKETS * 4,
                      SEGMENT_COMBINE_HISTOGRAM);
}

static inline uint64_t sample_function(unsigned number) {
    return UINT64_C(1) << SEGMENT_ADDRESS_BITS | (SAMPLE_FUNCTION + number * UINT64_C(64));
}

/* Node `at` of the lane's block; the next free one. */
static inline uint32_t sample_node(struct segment_sample *sample, uint32_t lane, uint32_t parent,
                                   uint64_t function, uint64_t calls) {
    struct segment_block *block = &sample->blocks[lane + 1];
    const uint32_t index = (lane + 1) * SEGMENT_BLOCK_NODES + block->count++;
    block->lane = lane + 1;
    sample->nodes[index] = (struct segment_node){
        .function = function,
        .call_site = parent == 0 ? 0 : SAMPLE_FUNCTION + index * UINT64_C(16),
        .calls = calls,
        .parent = parent,
    };
    for (int i = 0; i < SAMPLE_BUCKETS; i++)
        sample->histograms[index][i] = (uint32_t)calls;
    sample->scalars[2][index] = calls; /* timed_calls */
    return index;
}

/* A root, below it a function, called once, that calls another five times. The outer call of an
 * ended thread has come back; else it is open, and the time in it not yet counted. */
static inline uint32_t sample_lane(struct segment_sample *sample, uint32_t lane, uint32_t parent) {
    const uint32_t root = sample_node(sample, lane, 0, SEGMENT_FUNCTION_ROOT, 0);
    const uint32_t outer =
        sample_node(sample, lane, parent == 0 ? root : parent, sample_function(lane * 2), 1);
    const uint32_t inner = sample_node(sample, lane, outer, sample_function(lane * 2 + 1), 5);
    struct segment_node *nodes = sample->nodes;
    nodes[inner].self = nodes[inner].total = 5000;
    nodes[outer].callee_returns = 5;
    nodes[outer].self = 0 - nodes[inner].total;
    sample->samples[lane] = (struct segment_location){
        .address = sample_function(lane * 2 + 1) + 3,
        .count = 1,
        .periods = 2,
        .next = lane % 2 == 0 ? 0 : sample->scalars[7][inner - SEGMENT_BLOCK_NODES],
    };
    sample->scalars[7][inner] =
        (uint64_t)((unsigned char *)&sample->samples[lane] - (unsigned char *)sample);
    sample->lanes[lane] = (struct segment_lane){
        .state = SEGMENT_LANE_USED,
        .kind = SEGMENT_LANE_ENDED + lane,
        .tid = lane == 0 ? 0 : 4321,
        .root = root,
        .frames = (uint64_t)((unsigned char *)sample->frames[lane] - (unsigned char *)sample),
        .frame_capacity = SAMPLE_FRAMES,
        .start_ticks = 2000,
        .thread_name = "sample",
    };
    if (lane == 0) {
        nodes[outer].total = 8000;
        nodes[outer].self += 8000;
        nodes[root].self -= 8000;
        nodes[root].callee_returns = 1;
    } else {
        sample->frames[lane][0].node = SAMPLE_BASE +
                                       sample->header.sections[SEGMENT_SECTION_NODES].offset +
                                       root * sizeof(struct segment_node);
        sample->frames[lane][1] = (struct segment_frame){
            .node = sample->frames[lane][0].node + sizeof(struct segment_node),
            .sp = 1,
            .start = 3000,
        };
    }
    return outer;
}

static inline uint64_t sample_word(unsigned kind, uint64_t what, uint64_t rest) {
    return (uint64_t)kind << 62 |
           (kind == SEGMENT_TRACE_OTHER ? what << 58 | rest : what << 35 | rest);
}

/* A call within another, a mark, a value, a gap, and the end of a call that is not open. */
static inline void sample_trace(struct segment_sample *sample, uint32_t lane) {
    const uint32_t outer = SEGMENT_BLOCK_NODES + 1, inner = outer + 1;
    const uint64_t words[] = {
        sample_word(SEGMENT_TRACE_OTHER, SEGMENT_TRACE_TIME, 3000),
        sample_word(SEGMENT_TRACE_ENTER, outer, 3001),
        sample_word(SEGMENT_TRACE_ENTER, inner, 3002),
        sample_word(SEGMENT_TRACE_OTHER, SEGMENT_TRACE_MARK, UINT64_C(1) << 35 | 3003),
        sample_word(SEGMENT_TRACE_OTHER, SEGMENT_TRACE_VALUE, UINT64_C(1) << 35 | 3004),
        sample_word(SEGMENT_TRACE_OTHER, SEGMENT_TRACE_NUMBER, 42),
        sample_word(SEGMENT_TRACE_EXIT, inner, 3005),
        sample_word(SEGMENT_TRACE_OTHER, SEGMENT_TRACE_LOST, 7),
        sample_word(SEGMENT_TRACE_OTHER, SEGMENT_TRACE_OFF_CPU, 5),
        sample_word(SEGMENT_TRACE_ENTER, inner, 3006),
        sample_word(SEGMENT_TRACE_EXIT, inner, 3007),
        sample_word(SEGMENT_TRACE_EXIT, inner, 3008),
    };
    struct segment_lane *info = &sample->lanes[lane];
    memcpy(sample->traces[lane], words, sizeof(words));
    info->trace = (uint64_t)((unsigned char *)sample->traces[lane] - (unsigned char *)sample);
    info->trace_capacity = SAMPLE_TRACE;
    info->trace_written = sizeof(words) / sizeof(words[0]);
}

static inline void sample_fill(struct segment_sample *sample) {
    memset(sample, 0, sizeof(*sample));
    sample_header(sample);
    for (uint32_t i = 0; i < SAMPLE_MODULES; i++) {
        sample->modules[i] = (struct segment_module){
            .start = SAMPLE_FUNCTION + i * UINT64_C(0x100),
            .limit = SAMPLE_FUNCTION + (i + 1) * UINT64_C(0x100),
            .bias = SAMPLE_FUNCTION,
            .from_generation = 1,
            .to_generation = UINT32_MAX,
            .build_id_size = 20,
            .path = "/nonexistent/sample",
        };
    }
    sample->labels[1] = (struct segment_label){.key = "key", .value = "value"};
    sample_lane(sample, 0, 0);
    const uint32_t outer = sample_lane(sample, 1, 0);
    sample_lane(sample, 2, outer);
    sample_lane(sample, 3, 0);
    for (uint32_t lane = 1; lane < SAMPLE_LANES; lane++)
        sample_trace(sample, lane);
    /* Below the thread's root: what ran under a label, and what was truncated. */
    const uint32_t root = sample->lanes[1].root;
    const uint32_t label = sample_node(sample, 1, root, SEGMENT_FUNCTION_LABEL, 0);
    const uint32_t labelled = sample_node(sample, 1, label, sample_function(2), 3);
    const uint32_t truncated = sample_node(sample, 1, root, SEGMENT_FUNCTION_TRUNCATED, 0);
    const uint32_t caller = sample_node(sample, 1, truncated, sample_function(3), 0);
    sample->nodes[label].call_site = 1;
    sample->nodes[label].callee_returns = 2;
    sample->scalars[0][labelled] = 1; /* it was left by longjmp() once */
    sample->nodes[truncated].call_site = sample->nodes[caller].call_site = 0;
    sample->nodes[caller].callee_returns = 7;
    sample_node(sample, 1, caller, sample_function(2), 7);
}

#endif
