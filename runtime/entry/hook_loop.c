/* SPDX-License-Identifier: MIT */
/*
 * What the hooks cost at their best: the hooks themselves, in a tight loop, on a lane and nodes of
 * their own. Run when the recorder starts, and again and again while the program runs, since a
 * machine's speed changes with its load: the usual path of an exit asks for it by its time stamp's
 * bits, and sends the next hook to the slow path. What the figures say of a program is the reader's
 * to tell (reader/build/correction.c).
 *
 * Called outside of any hook. Signals wait meanwhile: a handler's hooks must not find this lane.
 */
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cinstr/hooks.h>

#include "runtime/base/clock.h"
#include "runtime/process/process.h"
#include "runtime/tree/lookup.h"

#define PAIRS         SEGMENT_LOOP_PAIRS
#define WARM_UP       8
#define START_BATCHES 9

enum { NONE, ROOT, CALLER, CALLED, NODES };

static struct segment_node nodes[NODES];
static struct segment_frame frames[6];
static struct segment_lane info;
static uint64_t timed_calls[NODES], variance[NODES], min[NODES], max[NODES];
static uint32_t histogram[NODES * SEGMENT_HISTOGRAM_BUCKETS];
static struct lane lane;
static uint32_t busy;
static uint64_t usual_ticks; /* of a batch's pairs, at start */

static void set_up_nodes(void) {
    static uint64_t lookup[2]; /* CALLED; and a free one, which ends every search */
    static struct lane_memo memo[1];

    memset(nodes, 0, sizeof nodes);
    nodes[ROOT].function = SEGMENT_FUNCTION_ROOT;
    nodes[CALLED].function = (uintptr_t)&lane | modules_own_tag();
    nodes[CALLED].call_site = (uintptr_t)&nodes;
    lane.nodes = (char *)nodes;
    memset(memo, 0, sizeof memo);
    memo_use(&lane, memo, 1);
    lane.lookup = lookup;
    lane.lookup_shift = 63;
    memset(lookup, 0, sizeof lookup);
    lookup[lookup_slot(&lane, CALLER * sizeof nodes[0], nodes[CALLED].function,
                       nodes[CALLED].call_site)] =
        (uint64_t)(CALLER * sizeof nodes[0]) << 32 | CALLED * sizeof nodes[0];
}

/* A lane as any other, but that nothing of it lies in the segment. */
static void set_up(uintptr_t sp) {
    memset(frames, 0, sizeof frames);
    memset(&info, 0, sizeof info);
    memset(&lane, 0, sizeof lane);
    set_up_nodes();
    frames[0].node = (uintptr_t)&nodes[ROOT];
    frames[0].sp = UINTPTR_MAX;
    frames[1] =
        (struct segment_frame){.node = (uintptr_t)&nodes[CALLER], .sp = sp + 4096, .start = 1};
    info.kind = SEGMENT_LANE_THREAD;
    info.frames = (uint64_t)((char *)frames - segment.base);
    lane.info = &info;
    lane.thread = &lane;
    lane.top = frames + 1;
    lane.limit = frames + 4;
    lane.timed_calls = timed_calls;
    lane.variance = variance;
    lane.min = min;
    lane.max = max;
    lane.histogram = options.histogram ? histogram : NULL;
    lane.random = 1;
    lane.high = sp + 65536;
    lane.bound = lane.span = lane.full = 1 << 20;
    lane.switch_word = &lane.switch_seen;
    lane.epoch = process_reset_epoch;
    lane.is_loop = true;
    lane.ready = 1;
}

static void run_pairs(int count) {
    for (int i = 0; i < count; i++) {
        __cyg_profile_func_enter(&lane, &nodes);
        __cyg_profile_func_exit(&lane, &nodes);
    }
}

static void run_counted_pairs(int count) {
    for (int i = 0; i < count; i++) {
        cinstr1_count_enter(&lane, &nodes);
        cinstr1_count_exit(&lane, &nodes);
    }
}

static uint64_t time_counted(void) {
    uint64_t start;

    run_counted_pairs(WARM_UP);
    start = clock_counter();
    run_counted_pairs(PAIRS);
    return clock_counter() - start;
}

/* Pairs that are counted and not timed: by timing=adaptive, or because the plugin was told to. */
static uint64_t time_untimed(void) {
    uint64_t start;

    if (options.timing != SEGMENT_TIMING_ADAPTIVE)
        return time_counted();
    nodes[CALLED].writer = 31; /* one in 2^31 */
    run_pairs(WARM_UP);
    start = clock_counter();
    run_pairs(PAIRS);
    start = clock_counter() - start;
    return start;
}

static void run_batch(struct segment_probe_sums *batch) {
    uint64_t total, start;

    memset(batch, 0, sizeof *batch);
    nodes[CALLED].writer = 0;
    run_pairs(WARM_UP);
    total = nodes[CALLED].total;
    start = clock_counter();
    run_pairs(PAIRS);
    batch->outer = clock_counter() - start;
    batch->inner = nodes[CALLED].total - total;
    batch->outer -= batch->inner < batch->outer ? batch->inner : batch->outer;
    batch->untimed = time_untimed();
    batch->batches = 1;
}

static uint64_t pair_ticks(const struct segment_probe_sums *batch) {
    return batch->inner + batch->outer;
}

/* Runs `count` batches with nothing else on this thread in between. */
static bool run_batches(struct segment_probe_sums *batches, int count) {
    struct lane *self = cinstr1_self;
    uint64_t all = ~UINT64_C(0), old;

    if (clock_kind == SEGMENT_CLOCK_MONOTONIC) /* every hook takes the slow path */
        return false;
    if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE) != 0)
        return false;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &old, sizeof all);
    set_up((uintptr_t)__builtin_frame_address(0));
    cinstr1_self = &lane;
    for (int i = 0; i < count; i++)
        run_batch(&batches[i]);
    cinstr1_self = self;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &old, NULL, sizeof old);
    __atomic_store_n(&busy, 0, __ATOMIC_RELEASE);
    return true;
}

void hook_loop_start(struct segment_probe_sums *sums) {
    struct segment_probe_sums batches[START_BATCHES];
    uint64_t least = UINT64_MAX;

    if (!run_batches(batches, START_BATCHES))
        return;
    for (int i = 0; i < START_BATCHES; i++) {
        if (pair_ticks(&batches[i]) < least)
            least = pair_ticks(&batches[i]);
    }
    usual_ticks = least;
    for (int i = 0; i < START_BATCHES; i++) {
        if (pair_ticks(&batches[i]) <= least + least / 4)
            hook_loop_add(sums, &batches[i]);
    }
}

void hook_loop_if_due(struct lane *asking) {
    struct segment_probe_sums batch;

    if (!(asking->pending & LANE_PENDING_LOOP))
        return;
    asking->pending &= ~(uint32_t)LANE_PENDING_LOOP;
    cpu_time_renew(asking);
    if (run_batches(&batch, 1) && pair_ticks(&batch) <= 4 * usual_ticks)
        hook_loop_add(&asking->info->probes, &batch);
}

void cinstr_loop_next(struct lane *asking) {
    if (asking->is_loop)
        return;
    asking->pending |= LANE_PENDING_LOOP;
    asking->full = 0;
    asking->span = 0;
}

void hook_loop_add(struct segment_probe_sums *to, const struct segment_probe_sums *from) {
    to->batches += from->batches;
    to->inner += from->inner;
    to->outer += from->outer;
    to->untimed += from->untimed;
}
