/* SPDX-License-Identifier: MIT */
/*
 * What the hooks cost at their best: the hooks themselves, in a tight loop, on a lane and nodes of
 * their own. A lower bound, and the split between inside and outside of a function's two time
 * stamps; what they cost where they are is measured there (probe.c).
 *
 * Runs once, at start, in no hook: the only part of the recorder that uses floating point.
 */
#include <string.h>

#include "clock.h"
#include "process.h"

#define BATCHES 9
#define CALLS   64

void __cyg_profile_func_enter(void *callee, void *call_site);
void __cyg_profile_func_exit(void *callee, void *call_site);

uint64_t calibrated_inner_ticks;

static struct segment_node nodes[3]; /* none, root, the one called */
static struct segment_frame frames[4];
static struct lane lane;

static void set_up(uintptr_t sp, uint64_t tag) {
    static uint64_t lookup[2];

    memset(nodes, 0, sizeof nodes);
    memset(frames, 0, sizeof frames);
    memset(&lane, 0, sizeof lane);
    nodes[1].function = SEGMENT_FUNCTION_ROOT;
    nodes[1].cached[0] = nodes[1].cached[1] = 2 * sizeof nodes[0];
    nodes[2].function = (uintptr_t)&lane | tag;
    nodes[2].call_site = (uintptr_t)&nodes;
    frames[0].node = (uintptr_t)&nodes[1];
    frames[0].sp = UINTPTR_MAX;
    lane.nodes = (char *)nodes;
    lane.top = frames;
    lane.limit = frames + 2;
    lane.lookup = lookup;
    lane.lookup_shift = 63;
    lane.high = sp + 65536;
    lane.bound = lane.span = lane.full = 1 << 20;
    lane.switch_word = &lane.switch_seen;
    lane.info = &segment.lanes[0]; /* a probe that fires here counts nowhere else */
}

/* The hooks' own module is this library; its tag is that of the first generation by now. */
static uint64_t module_tag(void) {
    return UINT64_C(1) << SEGMENT_ADDRESS_BITS;
}

static void sort(double *values, int count) {
    for (int i = 1; i < count; i++) {
        for (int j = i; j > 0 && values[j] < values[j - 1]; j--) {
            const double value = values[j];
            values[j] = values[j - 1];
            values[j - 1] = value;
        }
    }
}

__attribute__((noinline)) static void empty_call(void *callee, void *call_site) {
    __asm__ volatile("" : : "r"(callee), "r"(call_site));
}

static double run_empty(void) {
    const uint64_t start = clock_counter();

    for (int i = 0; i < CALLS; i++) {
        empty_call(&lane, &nodes);
        empty_call(&lane, &nodes);
    }
    return (double)(clock_counter() - start) / CALLS;
}

static double run_clock(void) {
    const uint64_t start = clock_counter();

    for (int i = 0; i < CALLS; i++)
        clock_counter();
    return (double)(clock_counter() - start) / CALLS;
}

/* Ticks of one pair of hooks; `inner`: of those, between their time stamps. */
static double run_hooks(double *inner) {
    const uint64_t total = nodes[2].total;
    const uint64_t start = clock_counter();

    for (int i = 0; i < CALLS; i++) {
        __cyg_profile_func_enter(&lane, &nodes);
        __cyg_profile_func_exit(&lane, &nodes);
        lane.full = lane.span = lane.bound; /* a probe may have fired */
        lane.pending = 0;
    }
    const double ticks = (double)(clock_counter() - start) / CALLS;
    *inner = (double)(nodes[2].total - total) / CALLS;
    return ticks;
}

void calibrate_probes(struct segment_calibration *calibration) {
    double inner[BATCHES], outer[BATCHES], empty[BATCHES], clock[BATCHES];
    struct lane *self = cinstr_self;
    const uint64_t tag = module_tag();

    if (clock_kind == SEGMENT_CLOCK_MONOTONIC)
        return; /* every hook takes the slow path; nothing like this loop */
    set_up((uintptr_t)__builtin_frame_address(0), tag);
    cinstr_self = &lane;
    for (int i = -2; i < BATCHES; i++) { /* the first two warm up */
        const int slot = i < 0 ? 0 : i;
        const double pair = run_hooks(&inner[slot]);
        outer[slot] = pair > inner[slot] ? pair - inner[slot] : 0;
        empty[slot] = run_empty();
        clock[slot] = run_clock();
    }
    cinstr_self = self;
    memset(&segment.lanes[0].probes, 0, sizeof segment.lanes[0].probes);
    sort(inner, BATCHES);
    sort(outer, BATCHES);
    sort(empty, BATCHES);
    sort(clock, BATCHES);
    calibration->batches = BATCHES;
    calibration->inner_min = inner[0];
    calibration->inner_median = inner[BATCHES / 2];
    calibration->outer_min = outer[0];
    calibration->outer_median = outer[BATCHES / 2];
    calibration->call_sequence = empty[BATCHES / 2];
    calibration->clock = clock[BATCHES / 2];
    calibrated_inner_ticks = (uint64_t)(calibration->inner_median + 0.5);
}
