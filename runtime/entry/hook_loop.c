/* SPDX-License-Identifier: MIT */
/*
 * Measures what the hooks cost at their best: calls them in a tight loop, on a lane and nodes made
 * for that. This is done when the recorder starts and repeatedly while the program runs, since a
 * machine's speed changes with its load: an exit whose time stamp has certain bits asks for it, and
 * the next hook, on the slow path, does it. The reader estimates from these figures what the hooks
 * cost in the program (reader/build/correction.c).
 *
 * Signals are blocked meanwhile: a handler's hooks must not find this lane.
 */
#include "hook_loop.h"

#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/options.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/signals.h"
#include "runtime/base/state.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/lookup.h"
#include "runtime/tree/places.h"
#include "runtime/tree/probe_sums.h"

#define PAIRS         SEGMENT_LOOP_PAIRS
#define WARM_UP       8
#define DRAWN_SHIFT   3u /* one call in eight */
#define DRAWN_PAIRS   256u
#define START_BATCHES 9

enum { NONE, ROOT, CALLER, CALLED, NODES };

static struct segment_node nodes[NODES];
static struct segment_frame frames[6];
static struct segment_lane info;
static uint64_t timed_calls[NODES], variance[NODES], min[NODES], max[NODES];
static uint32_t place_of_node[NODES]; /* all 0: no node has a place */
static uint32_t histogram[NODES * SEGMENT_HISTOGRAM_BUCKETS];
static struct lane lane;
static struct place place; /* of CALLED */
static uint32_t busy;
static uint64_t usual_ticks; /* of a batch's pairs, at start */

static void set_up_nodes(void) {
    static uint64_t lookup[2]; /* CALLED; and a free one, which ends every search */
    static struct lane_memo memo[1];

    memset(nodes, 0, sizeof nodes);
    nodes[ROOT].function = SEGMENT_FUNCTION_ROOT;
    nodes[CALLED].function =
        (uintptr_t)&lane | __atomic_load_n(&modules_own_hooks()->tag, __ATOMIC_RELAXED);
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

static void set_up_place(void) {
    place = (struct place){
        .code = {.function = nodes[CALLED].function,
                 .call_site = nodes[CALLED].call_site,
                 .calls = &nodes[CALLED].calls},
        .lane = &lane,
        .returns = &nodes[CALLER].callee_returns,
    };
}

/* Makes a lane like any other, except that nothing of it lies in the segment. */
static void set_up(uintptr_t sp) {
    memset(frames, 0, sizeof frames);
    memset(&info, 0, sizeof info);
    memset(&lane, 0, sizeof lane);
    set_up_nodes();
    set_up_place();
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
    lane.timed_calls = options.timing == SEGMENT_TIMING_ADAPTIVE ? timed_calls : NULL;
    lane.variance = variance;
    lane.place_of = place_of_node;
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
    const struct module_hooks *hooks = modules_own_hooks();

    for (int i = 0; i < count; i++) {
        hooks->enter(&lane, &nodes);
        hooks->exit(&lane, &nodes);
    }
}

static void run_counted_pairs(int count) {
    const struct module_hooks *hooks = modules_own_hooks();

    for (int i = 0; i < count; i++) {
        hooks->count_enter(&lane, &nodes);
        hooks->count_exit(&lane, &nodes);
    }
}

/* Does what the plugin's code does in a function without calls. */
static void call_by_slot(struct cinstr_place **own, const struct module_hooks *hooks) {
    struct cinstr_place *called = &place.code;
    uint64_t kept = (uintptr_t)own;

    cinstr1_slot = own;
    __asm__("" : "+r"(called), "+r"(own)); /* the compiler must not know what the slot holds */
    if (called->function != place.code.function || called->call_site != (uintptr_t)&nodes)
        return;
    ++*called->calls;
    if (--called->left < 0)
        kept = hooks->begin_call(called, own);
    if (kept & 1)
        hooks->end_call(kept);
    else
        cinstr1_slot = own;
}

static void run_calls_by_slots(int count) {
    const struct module_hooks *hooks = modules_own_hooks();

    for (int i = 0; i < count; i++)
        call_by_slot(&cinstr1_void.slots[0], hooks);
}

static uint64_t time_pairs(void (*run)(int)) {
    uint64_t start;

    run(WARM_UP);
    start = clock_counter();
    run(PAIRS);
    return clock_counter() - start;
}

/* Whether the program's calls go by slots, as far as is known by now. The recorder's own copy of the
 * hooks, which is the first of all, has both ways. */
static bool calls_go_by_slots(void) {
    const struct module_hooks *hooks = modules_own_hooks();
    return hooks->begin_call != NULL && (!hooks->is_shared || places_in_use);
}

/* Times pairs of hooks that count and do not time: those of timing=adaptive and count, or of
 * functions that the plugin was told to count. */
static uint64_t time_untimed(void) {
    if (calls_go_by_slots()) {
        place.code.left = INT64_MAX;
        return time_pairs(run_calls_by_slots);
    }
    if (options.timing == SEGMENT_TIMING_EXACT)
        return time_pairs(run_counted_pairs);
    nodes[CALLED].writer = LANE_NEVER;
    return time_pairs(run_pairs);
}

static void run_timed(int count) {
    if (calls_go_by_slots())
        run_calls_by_slots(count);
    else
        run_pairs(count);
}

static uint64_t difference(uint64_t a, uint64_t b) {
    return a > b ? a - b : 0;
}

static void time_all(struct segment_probe_sums *batch) {
    uint64_t total, start;

    run_timed(WARM_UP);
    total = nodes[CALLED].total;
    start = clock_counter();
    run_timed(PAIRS);
    batch->outer = clock_counter() - start;
    batch->inner = nodes[CALLED].total - total;
    batch->outer = difference(batch->outer, batch->inner);
}

/* timing=adaptive: measures a timed call among others that are not timed. Which are is random, so
 * the branch to the clock read is mispredicted, at the exit between the two time stamps. */
static void time_drawn(struct segment_probe_sums *batch) {
    const uint64_t clock = segment.header->scaled_clock;
    uint64_t total, timed, spent;

    nodes[CALLED].writer = DRAWN_SHIFT;
    draw_begin(&place.draw, DRAWN_SHIFT, &lane.random);
    run_timed(WARM_UP);
    total = nodes[CALLED].total;
    timed = timed_calls[CALLED];
    spent = clock_counter();
    run_timed((int)DRAWN_PAIRS);
    spent = clock_counter() - spent;
    timed = timed_calls[CALLED] - timed;
    total = nodes[CALLED].total - total;
    if (timed == 0)
        return;
    total = (difference(total, timed * clock) >> DRAWN_SHIFT) + timed * clock;
    spent = difference(spent, (DRAWN_PAIRS - timed) * batch->untimed / PAIRS);
    batch->inner = total * PAIRS / timed;
    batch->outer = difference(spent, total) * PAIRS / timed;
}

/* A pair's cost by which batches that something disturbed are known. */
static uint64_t pair_ticks(const struct segment_probe_sums *batch) {
    return options.timing == SEGMENT_TIMING_COUNT ? batch->untimed : batch->inner + batch->outer;
}

static void run_batch(struct segment_probe_sums *batch) {
    memset(batch, 0, sizeof *batch);
    batch->untimed = time_untimed();
    nodes[CALLED].writer = 0;
    place.code.left = 0;
    if (options.timing == SEGMENT_TIMING_ADAPTIVE)
        time_drawn(batch);
    else if (options.timing == SEGMENT_TIMING_EXACT)
        time_all(batch);
    batch->batches = pair_ticks(batch) != 0;
}

/* Runs `count` batches with nothing else on this thread in between. */
static bool run_batches(struct segment_probe_sums *batches, int count) {
    struct lane *self = cinstr1_self;
    struct cinstr_place **slot = cinstr1_slot;

    if (clock_kind == SEGMENT_CLOCK_MONOTONIC)
        return false;
    if (places_in_use && modules_own_hooks()->begin_call == NULL)
        return false; /* these are not the hooks in use */
    if (!sandbox_allows(SYS_rt_sigprocmask))
        return false;
    if (__atomic_exchange_n(&busy, 1, __ATOMIC_ACQUIRE) != 0)
        return false;
    const signals_mask mask = signals_block();
    set_up((uintptr_t)__builtin_frame_address(0));
    cinstr1_self = &lane;
    for (int i = 0; i < count; i++)
        run_batch(&batches[i]);
    cinstr1_self = self;
    cinstr1_slot = slot;
    signals_restore(mask);
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
            probe_sums_add(sums, &batches[i]);
    }
}

void hook_loop_if_due(struct lane *asking) {
    struct segment_probe_sums batch;

    if (!(asking->pending & LANE_PENDING_LOOP))
        return;
    asking->pending &= ~(uint32_t)LANE_PENDING_LOOP;
    cpu_time_renew(asking);
    if (run_batches(&batch, 1) && pair_ticks(&batch) <= 4 * usual_ticks)
        probe_sums_add(&asking->info->probes, &batch);
}

void cinstr_loop_next(struct lane *asking) {
    if (asking->is_loop)
        return;
    asking->pending |= LANE_PENDING_LOOP;
    lane_wake(asking);
    asking->span = 0;
}
