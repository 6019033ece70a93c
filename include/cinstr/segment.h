/* SPDX-License-Identifier: MIT */
/*
 * The segment: the only interface between the recorder and all readers.
 *
 * A segment is a memory-mapped file, one for each process. Only the recorder writes it. A reader
 * copies it at any time, of a running, hung or dead process, and trusts nothing in it. A lane is
 * what is recorded for one stack: a tree of nodes and a shadow stack of frames. A node is one
 * calling context, a frame one open call. A column is an array with a further value of each node.
 *
 *   offset            what                      element            written by
 *   0                 struct segment_header     -                  recorder, cold path
 *   sections[MODULES] all modules ever loaded   segment_module     recorder, cold path
 *   sections[LANES]   lanes (stacks recorded)   segment_lane       the lane's thread, cold path
 *   sections[LABELS]  label texts               segment_label      cinstr_set_label()
 *   sections[BLOCKS]  who owns which 64 nodes   segment_block      the lane's thread, cold path
 *   sections[NODES]   calling context nodes     segment_node       the lane's thread, every call
 *   columns[i]        more values of each node  column.element_size bytes, same index as NODES
 *   sections[HEAP]    shadow stacks             segment_frame      the lane's thread, every call
 *                     samples of contexts       segment_location   the lane's thread, in a handler
 *
 * Nodes. All lanes draw from one array, in blocks of SEGMENT_BLOCK_NODES; a block's entry says
 * which lane owns it and how many of its nodes are complete (raised with release order). Node 0 is
 * never used: index 0 means "none". A reader walks the blocks and uses only function, call_site,
 * parent (constant once published) and the values; the other fields belong to the writer. Two nodes
 * of one lane, or of two lanes, may stand for the same context: readers add them up.
 *
 * Values are aligned 64-bit words with one writer, stored relaxed. Two may be one event apart.
 *
 * Charges. Memory and waits are charged in lane 0 to a node for the library function, such as malloc,
 * below the context that called it. Any thread may add to such nodes' columns ("delay") atomically.
 *
 * Traces. With trace= each lane has a ring of words in the heap, see segment_trace_kind. The words
 * that are drained from it go into a file of chunks, see segment_trace_chunk.
 *
 * Frames. frame 0 of a shadow stack is its base (the lane's root); the frames above it are the
 * calls now open, up to the first with node == 0. `node` is an address in the writer's memory: its
 * index is (node - header.base - sections[NODES].offset) / sizeof(struct segment_node).
 *
 * Versions: a reader refuses another major. Sections, columns and header fields may be added at the
 * end under a new minor; readers skip what they do not know. All words are little-endian.
 */
#ifndef CINSTR_SEGMENT_H
#define CINSTR_SEGMENT_H

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define SEGMENT_MAGIC         UINT64_C(0x4745535254534e49) /* "INSTRSEG" */
#define SEGMENT_VERSION_MAJOR 4u
#define SEGMENT_VERSION_MINOR 0u
#define SEGMENT_BYTE_ORDER    UINT32_C(0x01020304)
#define SEGMENT_HEADER_SIZE   4096u

#define SEGMENT_BLOCK_NODES 64u
#define SEGMENT_MAX_COLUMNS 24u
#define SEGMENT_MAX_MODULES 16384u
#define SEGMENT_MAX_LABELS  256u
#define SEGMENT_MAX_SAMPLES 262144u

/* A function word has the function's address in the low 48 bits and a generation above it: that in
 * which its module was loaded (1 and up; dlclose() starts the next), or one that only its module
 * has, to tell apart functions that share a name and so an address. Generation 0 marks a pseudo
 * function. For an inlined call the address is that of its record (cinstr/inlined.h). */
#define SEGMENT_ADDRESS_BITS 48
#define SEGMENT_ADDRESS_MASK ((UINT64_C(1) << SEGMENT_ADDRESS_BITS) - 1)

/* Set in the word of an external function: it has no hooks, but its caller has hooks around the
 * call. The address is that of a symbol in the caller's module that contains its name: see
 * hooks.h. */
#define SEGMENT_EXTERNAL (UINT64_C(1) << 63)

#define SEGMENT_LAST_GENERATION UINT32_C(0x7fff)
static inline uint32_t segment_generation(uint64_t function) {
    return (uint32_t)(function >> SEGMENT_ADDRESS_BITS) & SEGMENT_LAST_GENERATION;
}

enum segment_pseudo {
    SEGMENT_FUNCTION_ROOT = 1, /* a lane's root; not a frame of any stack */
    /* Contexts beyond the node budget: it has a child for each caller, with call site 0 and no
     * calls, and that has a child for each edge. */
    SEGMENT_FUNCTION_TRUNCATED = 2,
    SEGMENT_FUNCTION_BEFORE = 3, /* calls before the recorder was ready, counted only */
    SEGMENT_FUNCTION_LABEL = 4,  /* root of what ran under a label; call_site = label index */
    SEGMENT_FUNCTION_LOST = 5,   /* calls without memory for their edge's node, counted only */
};

/* Exited: the process called exit(); calls after that still count. */
enum segment_state { SEGMENT_OPENING, SEGMENT_LIVE, SEGMENT_EXITED };

/* What ticks are: nanoseconds of CLOCK_MONOTONIC, or those of the CPU's counter. */
enum segment_clock { SEGMENT_CLOCK_MONOTONIC = 1, SEGMENT_CLOCK_TSC, SEGMENT_CLOCK_CNTVCT };

enum segment_timing { SEGMENT_TIMING_EXACT = 1, SEGMENT_TIMING_ADAPTIVE, SEGMENT_TIMING_COUNT };
#define SEGMENT_MOST_SHIFT 5u /* timing=adaptive: a timed call stands for at most 2^5 calls */
#define SEGMENT_SHIFT_MASK UINT64_C(7)

enum segment_section_id {
    SEGMENT_SECTION_MODULES,
    SEGMENT_SECTION_LANES,
    SEGMENT_SECTION_LABELS,
    SEGMENT_SECTION_BLOCKS,
    SEGMENT_SECTION_NODES,
    SEGMENT_SECTION_HEAP, /* element size 1 */
    SEGMENT_SECTION_COUNT,
};

struct segment_section {
    uint64_t offset;       /* from the start of the file, a multiple of 4096 */
    uint64_t capacity;     /* elements there is room for; the file may be sparse */
    uint64_t count;        /* elements in use (a high-water mark), <= capacity */
    uint32_t element_size; /* bytes; >= the struct of this version */
    uint32_t reserved;
};

/* How a column's values of several nodes combine into one. */
enum segment_combine {
    SEGMENT_COMBINE_SUM = 1,
    SEGMENT_COMBINE_MIN = 2, /* 0 = no value yet */
    SEGMENT_COMBINE_MAX = 3,
    SEGMENT_COMBINE_HISTOGRAM = 4, /* element = an array of uint32_t counts, see below */
    SEGMENT_COMBINE_SAMPLES = 5,   /* file offset of a list's first segment_location; 0: none */
    SEGMENT_COMBINE_GAUGE = 6,     /* a sum of what exists now: a reset does not change it */
};

struct segment_column {
    char name[24];         /* "off_cpu", "unwinds", "timed_calls", "min", "max", "histogram", ... */
    char unit[16];         /* "nanoseconds", "ticks", "count" */
    uint64_t offset;       /* element i belongs to node i */
    uint32_t element_size; /* bytes; 8 for all but histograms */
    uint32_t combine;      /* enum segment_combine */
    uint64_t reserved;
};

/* Buckets of a duration histogram in ticks: log-linear, 4 steps an octave (error below 12.5 %). */
#define SEGMENT_HISTOGRAM_BUCKETS 160u
static inline uint32_t segment_histogram_bucket(uint64_t ticks) {
    const uint32_t octave = 61u - (uint32_t)__builtin_clzll(ticks | 4);
    const uint32_t bucket = 4 * octave + (uint32_t)(ticks >> octave);
    return bucket < SEGMENT_HISTOGRAM_BUCKETS ? bucket : SEGMENT_HISTOGRAM_BUCKETS - 1;
}

/* One reading of both clocks at (nearly) the same moment. */
struct segment_clock_pair {
    uint64_t ticks;
    uint64_t monotonic_ns;
};

/* The cost of batches of SEGMENT_LOOP_PAIRS pairs of hooks in a tight loop
 * (runtime/entry/hook_loop.c). */
#define SEGMENT_LOOP_PAIRS 32u
struct segment_probe_sums {
    uint64_t reserved[2];
    uint64_t batches;
    uint64_t inner, outer; /* ticks between the two time stamps of a pair, and outside them */
    uint64_t untimed;      /* ticks of pairs that are counted and not timed */
    uint64_t reserved_too[2];
};

/* Counts of what could not be recorded properly. They are never reset. */
struct segment_losses {
    uint64_t before_init_calls; /* calls before the recorder was ready */
    uint64_t truncated;         /* new transitions that led below [truncated] */
    uint64_t lost_calls;        /* calls without memory for their edge's node */
    uint64_t unmatched_exits;   /* exits without an open call, in ended lanes (see also lanes) */
    uint64_t clock_backwards;   /* negative durations, taken as 0 */
    uint64_t lanes;             /* threads or stacks for which no lane could be made */
    uint64_t lane_calls;        /* calls on these threads and stacks */
    uint64_t modules;           /* modules beyond SEGMENT_MAX_MODULES */
    uint64_t growth_failures;   /* neither file nor memory could grow: the budget is frozen */
    uint64_t exec_calls;        /* calls of the programs that this process was before exec */
    uint64_t lanes_without_cpu; /* lanes whose time off the CPU could not be followed */
};

/* sample=HZ; all zero when it is off. */
struct segment_sampling {
    uint64_t period_ns;    /* mean time from one sample to the next */
    uint64_t lost;         /* periods that no context has: thread ended, no memory */
    uint64_t lost_threads; /* threads for which no timer could be made */
    uint64_t broken;       /* samples whose stack could not be unwound to its end */
    uint32_t stacks;       /* 1: the program has no hooks; nodes are return addresses, see below */
    uint32_t is_wall;      /* 1: periods of CLOCK_MONOTONIC; 0: of each thread's CPU clock */
};

/* heap=; all zero when it is off. */
struct segment_heap {
    uint64_t period; /* bytes from one sampled allocation to the next, on average; 1: every one */
    uint64_t lost;   /* allocations that are not followed until they are freed: no memory */
};

/* trace=, trace_ring=; all zero when both are off. */
struct segment_trace {
    uint64_t ring_words; /* words of a ring, which keeps the newest; 0: rings are drained */
    uint64_t lost;       /* events lost in lanes that have ended or have no ring */
    char path[256];      /* the file of chunks; "": there are only rings */
};

/* A word of a trace. Bits 63 and 62 are its kind. Times are the low 35 bits of ticks; words are in
 * the order of time, and at least every 2^34 ticks a word has all bits. Nodes are those of lane 0,
 * which keeps contexts for good. */
enum segment_trace_kind {
    SEGMENT_TRACE_ENTER = 1, /* 61 to 35: node; 34 to 0: time */
    SEGMENT_TRACE_EXIT = 2,  /* the same; by return or otherwise */
    SEGMENT_TRACE_OTHER = 3, /* 61 to 58: enum segment_trace_other; 57 to 0: see there */
};
enum segment_trace_other {
    SEGMENT_TRACE_TIME = 1,    /* the ticks, all bits */
    SEGMENT_TRACE_LOST = 2,    /* the number of events missing here */
    SEGMENT_TRACE_OFF_CPU = 3, /* ticks off the CPU before the next event */
    SEGMENT_TRACE_MARK = 4,    /* cinstr_trace_event(): 42 to 35: label; 34 to 0: time */
    SEGMENT_TRACE_VALUE = 5,   /* cinstr_trace_value(): the same; the value is in the next word */
    SEGMENT_TRACE_NUMBER = 6,  /* that value, in two's complement */
};
#define SEGMENT_TRACE_TIME_BITS 35
#define SEGMENT_TRACE_HEAP      0u /* the label that stands for bytes of memory in use */

/* The head of a chunk in the file of chunks; a chunk has some of one lane's words. */
#define SEGMENT_TRACE_MAGIC UINT32_C(0x4b484354) /* "TCHK" */
struct segment_trace_chunk {
    uint32_t magic;
    uint32_t words; /* the number of words that follow */
    uint32_t lane, generation;
    uint32_t tid;
    uint32_t lane_kind;
    char thread_name[16];
};

struct segment_header {
    uint64_t magic;
    uint32_t version_major;
    uint32_t version_minor;
    uint32_t header_size;
    uint32_t byte_order;
    uint32_t state; /* enum segment_state */
    uint32_t pid;   /* as the process itself sees it */
    uint64_t base;  /* address at which the writer has mapped offset 0 */
    uint64_t size;  /* bytes of the file */

    /* Which process this is: pid, start time and boot together are unique in a pid namespace. */
    uint64_t process_start; /* field 22 of /proc/PID/stat */
    uint64_t pid_namespace; /* inode of /proc/self/ns/pid, 0 if unknown */
    uint8_t boot_id[16];
    uint64_t random_id;
    uint32_t parent_pid;
    uint32_t forked; /* 1: of a fork child, which inherited open calls (segment_lane.carried) */

    uint32_t clock;             /* enum segment_clock */
    uint32_t timing;            /* enum segment_timing */
    uint64_t start_realtime_ns; /* CLOCK_REALTIME when recording began */
    struct segment_clock_pair start;
    struct segment_clock_pair latest;       /* refreshed on cold paths and at exit */
    uint64_t ticks_per_second_hint;         /* as the CPU or the kernel states it; 0 unknown */
    struct segment_probe_sums start_probes; /* measured once, when the recorder started */

    uint64_t node_budget;    /* nodes in trees before contexts are truncated */
    uint64_t merge_sequence; /* odd while an ended thread is being merged into lane 0 */
    uint64_t reset_epoch;    /* a lane with a lower epoch is not yet reset: read it as 0 */
    struct segment_losses losses;

    struct segment_section sections[SEGMENT_SECTION_COUNT];
    uint32_t column_count;
    uint32_t by_thread; /* 1: the profile written at exit tells threads apart */
    struct segment_column columns[SEGMENT_MAX_COLUMNS];

    char program[64];       /* base name, NUL-terminated */
    char command_line[512]; /* arguments with a NUL after each, cut where it does not fit */

    struct segment_sampling sampling;
    struct segment_heap heap;
    struct segment_trace trace;
    uint64_t reset_ticks; /* time of the last reset: open calls count from then on */
    /* timing=adaptive: the ticks that the clock reads take. They are subtracted from a duration
     * before it is scaled up and added once, since the other calls read no clock. */
    uint64_t scaled_clock;
    uint64_t nodes_in_memory_from; /* index + 1 of the first node that the file lacks; 0: none */
    /* Ticks off the CPU since the last reset, in no context: interrupts and the hypervisor took
     * them, and no switch of the thread shows it. */
    uint64_t stray_ticks;
    uint64_t children_lane; /* index of the lane that short-lived fork children add to; 0: none */
};

struct segment_module {
    uint64_t start, limit;    /* executable mapping, addresses in the process */
    uint64_t file_offset;     /* of `start` in the file */
    uint64_t bias;            /* address in the process - address in the ELF file */
    uint32_t from_generation; /* it is loaded in generations from <= g < to */
    uint32_t to_generation;   /* UINT32_MAX: still loaded */
    uint32_t build_id_size;
    uint8_t build_id[36];
    char path[428];            /* NUL-terminated; "" unknown */
    uint32_t hooks_generation; /* generation in words made by its own hooks alone; 0: none */
};

enum segment_lane_kind {
    SEGMENT_LANE_ENDED = 1,  /* lane 0: the merged trees of threads that have ended */
    SEGMENT_LANE_THREAD = 2, /* a thread's own stack */
    SEGMENT_LANE_SIGNAL = 3, /* a handler on an alternate stack, or one that came inside a hook */
    SEGMENT_LANE_STACK = 4,  /* another stack: a coroutine's, for instance */
};

/* KEPT: its thread has ended, no call is open. */
enum segment_lane_state { SEGMENT_LANE_FREE = 0, SEGMENT_LANE_USED = 1, SEGMENT_LANE_KEPT = 2 };
/* What is recorded for one stack: a shadow stack and a tree. A thread has a lane for its own stack,
 * and another for each other stack that it runs on. */
struct segment_lane {
    uint32_t state;      /* enum segment_lane_state, raised last */
    uint32_t kind;       /* enum segment_lane_kind */
    uint32_t generation; /* raised each time the slot is given to another lane */
    uint32_t tid;        /* kernel thread id; 0 in lane 0 */
    uint32_t root;       /* node index */
    uint32_t label;      /* current label, index into LABELS; 0 none */
    uint64_t frames;     /* file offset of the shadow stack */
    uint64_t frame_capacity;
    uint64_t start_ticks;  /* when it was set up */
    uint64_t start_cpu_ns; /* the thread's CPU time then */
    uint64_t reset_epoch;
    uint64_t carried; /* open calls that are not counted: after a fork, reset or label */
    uint64_t unmatched_exits;
    uint64_t threads; /* lane 0: how many threads' lanes were merged */
    struct segment_probe_sums probes;
    char thread_name[16];
    /* histogram=1: the call that ended last: its node's address, 0 none, and its duration. It is
     * added to the columns later; in a running program it may be in both. */
    uint64_t late_node;
    uint64_t late_ticks;
    uint64_t trace;          /* file offset of its ring; 0 none */
    uint64_t trace_capacity; /* words, a power of two */
    uint64_t trace_written;  /* words so far; the next goes to trace_written % trace_capacity */
    uint64_t trace_read;     /* words drained */
    uint64_t trace_lost;     /* events lost */
    /* Ticks for which the lane's clock was stopped: its thread was off the CPU, or the recorder did
     * work of its own (own_ticks). A duration is ticks less the growth of `paused`. */
    uint64_t paused;
    uint64_t own_ticks;
    uint64_t stray_ticks, reserved; /* the lane's part of the header's stray_ticks */
};

struct segment_label {
    char key[64];
    char value[192];
};

struct segment_block {
    uint32_t lane;  /* index into LANES, + 1; 0: the block is free */
    uint32_t count; /* complete nodes in this block */
};

/* CHARGE: memory and waits are charged to it. COUNTED: readers take its calls to be over and add them
 * to the returns of the parent, or of the lane's root where the parent is another lane's. There the
 * writer has subtracted the calls that have a frame, and counts their returns. */
enum segment_node_kind { SEGMENT_NODE_CALL, SEGMENT_NODE_CHARGE, SEGMENT_NODE_COUNTED };

/* One calling context: 64 bytes, one cache line. */
struct segment_node {
    uint64_t function; /* function word */
    /* The return address in the caller; of an inlined call, that in the caller's caller. */
    uint64_t call_site;
    uint64_t calls; /* a call is counted when it begins */
    /* Calls made from this context that returned normally. Kept for the caller, since recursion is
     * folded in callees; the probes' cost in the caller is computed from it. */
    uint64_t callee_returns;
    /* Ticks in the context without its children, waits included. Signed: children of an open call
     * are subtracted at once, its own time is added when it ends. */
    uint64_t self;
    uint64_t total;  /* ticks on a CPU, the sum over every finished activation; 0 in a root */
    uint32_t parent; /* node index, 0 for a root */
    uint32_t merged; /* for the writer: the same context's node in lane 0 */
    uint32_t kind;   /* enum segment_node_kind */
    uint32_t writer; /* for the writer: how often its calls are timed (timing=adaptive) */
};

/* A location: an address at which sampling has interrupted a context. It lies in the heap, in a list
 * whose head is in the column "samples" of the context, or of the lane's root. With sampling.stacks
 * a node stands for a frame that was unwound: its function word is the return address into it, its
 * call site 0. */
struct segment_location {
    uint64_t address; /* as a function word, with the generation at that time */
    uint64_t count;   /* samples */
    uint64_t periods; /* periods that had passed: its time is periods * period_ns */
    uint64_t next;    /* file offset of the next, 0 none */
};

struct segment_frame {
    uint64_t node;   /* address in the writer's memory; 0: no open call here or above */
    uint64_t sp;     /* stack pointer of the function at its entry hook */
    uint64_t start;  /* ticks at entry; 0: the call is counted, not timed */
    uint64_t paused; /* segment_lane.paused at that time */
    uint64_t shift;  /* its duration stands for 2^(shift & mask) calls; the rest is the writer's */
};

static_assert(sizeof(struct segment_header) <= SEGMENT_HEADER_SIZE, "header fits its page");
static_assert(sizeof(struct segment_module) == 512, "module layout");
static_assert(sizeof(struct segment_lane) == 256, "lane layout");
static_assert(sizeof(struct segment_label) == 256, "label layout");
static_assert(sizeof(struct segment_block) == 8, "block layout");
static_assert(sizeof(struct segment_node) == 64, "a node is one cache line");
static_assert(sizeof(struct segment_location) == 32, "location layout");
static_assert(sizeof(struct segment_frame) == 40, "frame layout");

#endif
