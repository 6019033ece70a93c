/* SPDX-License-Identifier: MIT */
/*
 * The recorder's process-wide state and who keeps it. Grouped by the file that defines it. None of
 * this is touched by the usual path of a hook.
 */
#ifndef CINSTR_RUNTIME_PROCESS_H
#define CINSTR_RUNTIME_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <ucontext.h>

#include <cinstr/segment.h>

#include "runtime/base/lane.h"
#include "runtime/tree/cpu_time.h"

/* --- process.c: start, fork, end -------------------------------------------------------------- */

/* Up, off or not yet. Hooks and the API do nothing unless it is PROCESS_UP. */
enum process_state { PROCESS_NEW, PROCESS_UP, PROCESS_OFF };
extern enum process_state process_state;

/* Whether calls are recorded now: cinstr_start(), cinstr_stop(). */
extern bool process_recording;
extern uint64_t process_reset_epoch;

/* Brings the recorder up; idempotent. Called by constructors, single-threaded. */
void process_start(void);

/* Calls that a module made before it was registered. */
void process_early_calls(uint64_t calls);

/* True in a fork child that has not yet made its own segment. */
bool process_is_forked(void);

/* Gives a fork child a segment of its own and the calling thread a lane that carries the open
 * calls. False when nothing can be recorded in it. Async-signal-safe. */
bool process_after_fork(uintptr_t sp);

/* A lock for cold paths, wiped by fork. try: never waits (hooks, handlers); otherwise spins. */
bool process_try_lock(void);
void process_lock(void);
void process_unlock(void);

/* --- options.c -------------------------------------------------------------------------------- */

enum block_option { BLOCK_OFF, BLOCK_LOCKS, BLOCK_IO };

struct options {
    char output[512];    /* pattern of the exit profile's name; "none" */
    char directory[256]; /* of the segment; "" choose */
    uint64_t contexts;   /* node budget */
    uint32_t timing;     /* enum segment_timing */
    uint64_t heap;       /* bytes between samples, 1 exact; 0 off */
    uint32_t block;      /* enum block_option */
    bool mutex;
    char trace[512];     /* pattern of the trace's name; "" none */
    uint64_t trace_ring; /* MiB of each lane; 0: not kept as a ring */
    /* Files of their own, as patterns; "" beside the output. */
    char cpuprofile[512], memprofile[512], blockprofile[512], mutexprofile[512];
    char http[256];  /* where to serve, "" or "none": nowhere */
    uint32_t sample; /* a second; 0 off */
    bool has_sample; /* it was given */
    bool sample_wall;
    bool cpu, histogram, start, help;
};
extern struct options options;

/* Reads CINSTR_OPTIONS. Reports what it cannot use in one line. */
void options_read(const char *text);
/* Expands %p, %e, %h; the `namesake`th other process of this number, from 1 on, has joined to it
 * what tells it from the first. Returns false when the result does not fit. */
bool options_expand(const char *pattern, uint32_t namesake, char *text, size_t size);

/* --- segment_writer.c ------------------------------------------------------------------------- */

/* Addresses of the parts of the segment; constant after segment_create(). */
struct segment_parts {
    char *base;
    struct segment_header *header;
    struct segment_module *modules;
    struct segment_lane *lanes;
    struct segment_label *labels;
    struct segment_block *blocks;
    char *nodes;
    char *heap;
    uint64_t *off_cpu, *unwinds, *instructions; /* columns by node index; off_cpu may be NULL */
    uint64_t *samples;                          /* likewise; NULL unless sample= */
    uint64_t *min, *max, *timed_calls, *variance;
    uint32_t *histogram;
    char path[384]; /* of the file; "" when the segment lies in anonymous memory */
};
extern struct segment_parts segment;

/* Makes the file (or else anonymous memory), maps it and fills in the header. In a fork child
 * (`replace`) the new segment takes the place, and so all addresses, of the parent's. */
bool segment_create(bool replace);
void segment_unlink(void);
/* The column of that name; NULL when there is none. */
void *segment_column(const char *name);

/* Makes sure of the space for one more entry in the table of modules. */
bool segment_ready_module(uint32_t index);

/* Takes one block of nodes / `pages` consecutive pages of the heap / one lane slot.
 * Async-signal-safe. 0, NULL or UINT32_MAX when there is no more. Zeroed. */
uint32_t segment_take_block(void); /* index; block 0 is never given out */
void *segment_take_heap(size_t size);
uint32_t segment_take_lane(void);
/* Give back; the caller holds the process lock. */
void segment_give_block(uint32_t block);
void segment_give_heap(void *memory, size_t size);
void segment_give_lane(uint32_t lane);
uint64_t segment_blocks_in_use(void);

/* --- lanes.c: making lanes ---------------------------------------------------------------------
 */

void lanes_init(void);
/* What stands in for a thread's lane before its first hook and after its end. */
struct lane *lane_sentinel(void);
/* There was no memory for a lane of this thread. */
bool lane_is_lost(const struct lane *lane);
/* A lane of the calling thread, NULL when there is no memory. `outer`: of a signal lane. */
struct lane *lane_new(uint32_t kind, uintptr_t high, uintptr_t bound, struct lane *outer);
/* The thread's first lane, at its first hook. */
struct lane *lane_attach(uintptr_t sp);
/* Lanes in the private pool, in use or not. */
struct lane *lane_at(uint32_t index);
/* Gives a lane's memory back, once it has been merged. The caller holds the process lock. */
void lane_free(struct lane *lane);

/* --- lane_select.c: which lane a hook belongs to ------------------------------------------------
 */

/* The lane for a hook at sp, ready to be changed and with what was pending done; NULL when the call
 * cannot be recorded. */
struct lane *lane_for_hook(uintptr_t sp);
/* Ends the change. */
void lane_rest(struct lane *lane);
/* A handler's lane is left for good, by return or by a jump: its time goes to the lane outside. */
void lane_leave(struct lane *lane, uint64_t now);
/* The thread's own stack does not reach below `low`, whatever it looked like: another one ends
 * there. */
void lane_exclude(uintptr_t low, uintptr_t sp);
/* Clears what the lane has recorded before the last cinstr_reset(). */
void lane_follow_reset(struct lane *lane);
/* A hook of this lane is under way and was interrupted. */
bool lane_in_hook(const struct lane *lane);

/* --- stacks.c: where stacks begin and end -------------------------------------------------------
 */

void stacks_init(void);
/* A stack that makecontext() or cinstr_stack_switch() has named: what ran on it before is gone. */
void stacks_register(uintptr_t low, uintptr_t high);
struct stack {
    uintptr_t low, high;
    struct lane *lane; /* made at its first hook */
};
/* Its lane is still its own: lanes go with the thread that ran them last. */
bool stack_has_lane(const struct stack *stack);
struct stack *stacks_find(uintptr_t sp);
/* Bounds of the calling thread's own stack, as far as they can be told cheaply. */
bool stack_of_thread(uintptr_t sp, uintptr_t *low, uintptr_t *high);
/* Bounds of the mapping that holds sp. */
bool stack_of_mapping(uintptr_t sp, uintptr_t *low, uintptr_t *high);
/* The lowest address of the readable memory that reaches without a gap from `from` down to sp (and
 * a little below); `from` when there is a gap. */
uintptr_t stack_extend(uintptr_t from, uintptr_t sp);

/* --- shadow.c: pushing and popping -------------------------------------------------------------
 */

bool shadow_push(struct lane *lane, struct segment_node *node, uintptr_t sp, uint64_t start);
/* Pops the top frame. abnormal: it did not return. */
void shadow_pop(struct lane *lane, uint64_t now, bool abnormal);
/* Pops abnormally until `frame` is on top. */
void shadow_unwind(struct lane *lane, const struct segment_frame *frame, uint64_t now);
/* The base frame. */
struct segment_frame *shadow_base(const struct lane *lane);
/* The innermost call that is complete; NULL where there is none. Async-signal-safe. */
struct segment_node *shadow_current(const struct lane *lane);
/* Re-opens the open calls below another root, without counting them: fork, label, reset. */
void shadow_carry(struct lane *lane, struct segment_node *root, uint64_t now);

/* --- context_tree.c ----------------------------------------------------------------------------
 */

struct segment_node *tree_child(struct lane *lane, struct segment_node *parent, uint64_t function,
                                uint64_t call_site);
struct segment_node *tree_add(struct lane *lane, uint32_t parent_index, uint64_t function,
                              uint64_t call_site);
uint32_t tree_index(const struct segment_node *node);
static inline struct segment_node *tree_node(uint32_t index) {
    return (struct segment_node *)segment.nodes + index;
}
extern uint32_t *tree_block_next; /* by block: the owner's next block + 1 */

/* --- adaptive.c: timing=adaptive ----------------------------------------------------------------
 */

/* What a new node's `writer` begins with. */
uint32_t adaptive_first_level(const struct lane *lane, uint64_t function, uint64_t call_site);

/* --- columns.c ---------------------------------------------------------------------------------
 */

/* The further values of a node. */
void columns_clear(uint32_t node);
void columns_add(uint32_t to, uint32_t from);

/* --- retire.c ----------------------------------------------------------------------------------
 */

void retire_init(void);
/* Registers the calling thread's end. */
void retire_watch(struct lane *lane);
/* Merges all lanes of a thread into lane 0. */
void retire_thread(struct lane *lane);

/* --- charge*.c ----------------------------------------------------------------------------------
 */

/* Makes ready, also in a fork child; does nothing without heap=, block= and mutex=. */
void charge_init(void);
/* What the calling thread does from now on is the recorder's own work: charged to nobody. Returns
 * how it was before. */
bool charge_own_work(bool is_own);
bool charge_is_any(void);
/* A node of lane 0 by its parent and edge; made if it is new. */
uint32_t charge_child(uint32_t parent, uint64_t function, uint64_t call_site);
/* charge_stack.c: the context of a call without hooks, by its stack. */
uint32_t charge_stack(uintptr_t call_site);
void charge_stacks(void);

/* The counterpart in lane 0 of a node; 0: it cannot be had now. In a hook. */
uint32_t charge_counterpart(struct segment_node *node);

/* --- trace.c ------------------------------------------------------------------------------------
 */

/* Every hook takes the slow path, and says what it did. */
extern bool trace_is_on;
/* Begins; a fork child is not traced. */
void trace_init(void);
void trace_stop_in_child(void);
/* Nobody drains any more; all is in the file. */
void trace_finish(void);
/* A lane's ring: made, and drained for the last time. */
void trace_attach(struct lane *lane);
void trace_detach(struct lane *lane);
/* Called within hook_begin(). */
void trace_enter(struct lane *lane, struct segment_node *node, uint64_t ticks);
void trace_exit(struct lane *lane, struct segment_node *node, uint64_t ticks);
void trace_off_cpu(struct lane *lane, uint64_t ticks);
/* A mark, or with `value` a value, in the calling thread. False: it is not traced. */
bool trace_mark(uintptr_t sp, uint32_t label, const int64_t *value);
/* For charge.h, whose words they are. */
uint64_t trace_ticks(void);
void trace_wait(uint32_t node, uint64_t start);
void trace_heap(int64_t more);

/* --- sampler*.c, samples.c ---------------------------------------------------------------------
 */

/* Makes ready, also in a fork child; does nothing without sample=. */
void sampler_init(void);
/* Of the calling thread: its first lane is made, its lanes are about to be merged. */
void sampler_attach(const struct lane *lane);
void sampler_detach(void);
/* No more of it: what follows is the recorder's own work. */
void sampler_stop(void);

/* In a program without hooks: see sampler_stack.c. */
extern bool sampler_unwinds;
void sampler_stack_attach(void);
void sampler_stack_detach(void);
/* The context of an interrupted thread; NULL: no memory. In a handler. */
const struct segment_node *sampler_stack_node(struct lane *lane, const ucontext_t *context);
#pragma GCC visibility push(default)
/* Samples the calling thread, whose stack is [low, high), by unwinding. */
void cinstr_sample_thread(uintptr_t low, uintptr_t high);
/* The process ends by _exit(): what has no sample leaves no segment. Async-signal-safe. */
void cinstr_sample_end(void);
#pragma GCC visibility pop

/* Memory that a thread has for new samples. */
struct samples_room {
    struct segment_place *next;
    uint32_t left;
};
void samples_init(void);
/* Whether there is one. */
bool samples_are_there(void);
/* In a handler. False: no memory. */
bool samples_add(struct samples_room *room, const struct segment_node *node, uint64_t address,
                 uint64_t periods);
void samples_give_room(struct samples_room *room);
/* `head`, `to`, `from`: elements of the column. The caller of the second holds the process lock. */
void samples_clear(uint64_t head);
void samples_merge(uint64_t *to, uint64_t *from);

/* --- modules.c, hook_loop.c, cpu_time.c, jumps.c, message.c, exit_profile.c -----------
 */

/* Looks which modules are loaded now. */
void modules_refresh(void);

/* Of functions recorded through the recorder's own copy of the hooks. */
uint64_t modules_own_tag(void);

/* Around a dlclose(): what it unloads must not be taken for what comes to lie there next. */
uint32_t modules_before_unloading(void);
void modules_after_unloading(uint32_t before);

/* Times the hooks in a tight loop: at start, and one batch more while the program runs. */
void hook_loop_start(struct segment_probe_sums *sums);
void hook_loop_if_due(struct lane *asking);
void hook_loop_add(struct segment_probe_sums *to, const struct segment_probe_sums *from);

/* --- timing=adaptive (adaptive.c) --- */

/* With the loop's figures in the segment's header, which a fork child inherits. */
void adaptive_begin(void);
/* What a call that took `ticks` stands for, timed as one of 2^shift. */
uint64_t adaptive_scale(uint64_t ticks, uint64_t shift);

/* The generation that now loaded modules belong to, as in a function word. */
uint64_t modules_tag(void);

/* Takes away the segment of the program that this process was before exec. */
void predecessor_take(void);

/* The function of libc behind an interposed one. Static programs have the latter by
 * `cinstr_static_symbol`, if they are linked with libcinstr.static, else neither. */
void *next_symbol(const char *name);
void *cinstr_static_symbol(const char *name);
/* Finds those behind the interposed ones. */
void jumps_init(void);
/* What ran on the lane's stack is gone, and its setjmp's with it. */
void jumps_forget(struct lane *lane);

/* One line on standard error, "cinstr: ..." */
void message(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Calls the function on a stack of 8 MiB, where there is memory for one. */
void large_stack_call(void (*function)(void *), void *argument);

/* dlmopen() of one of our libraries; NULL with one line in `text`. */
void *load_apart(const char *name, char *text, size_t size);

/* --- http.c ------------------------------------------------------------------------------------
 */

/* Serves where http= says. */
void http_begin(void);
/* In a fork child; async-signal-safe. */
void http_forget(void);

/* --- exit_profile.c ----------------------------------------------------------------------------
 */

int exit_profile_write_to(const char *kind, int fd, char *text, size_t size);
void exit_profile_write(void);

#endif
