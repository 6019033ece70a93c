/* SPDX-License-Identifier: MIT */
/*
 * The slow path of a call that goes by slots: a call that is new in its context, a call on another
 * stack, a call while recording is stopped. It finds or makes the place and puts it into the slot.
 */
#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "entry.h"
#include "hook_loop.h"
#include "lane_select.h"
#include "runtime/base/lane.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/adaptive.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/places.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/trace_ring.h"

/* When the recorder started, the loop measured hooks: it was not known that calls go by slots. */
static void measure_slots(void) {
    struct segment_probe_sums sums = {0};

    hook_loop_start(&sums);
    if (sums.batches == 0)
        return;
    segment.header->start_probes = sums;
    adaptive_begin();
}

/* From now on the hooks of all modules take their context from the thread's slot. */
static void begin_use(void) {
    bool is_first;

    process_lock();
    is_first = !places_in_use;
    places_in_use = true;
    modules_heed_slots();
    process_unlock();
    if (is_first)
        measure_slots();
}

/* Unwinds the frames below sp, which are dead. A frame at sp is live: the entered function was
 * inlined into it. */
static void unwind_dead(struct lane *lane, uintptr_t sp, uint64_t now) {
    const struct segment_frame *top = lane->top;

    while (top > shadow_base(lane) && top->sp < sp)
        top--;
    if (top != lane->top) {
        lane->overflow = 0;
        shadow_unwind(lane, top, now);
    }
    lane->resync_sp = 0;
}

/* Gives the thread a slot if it has none: that of the innermost call with a frame. The base frame
 * of a handler's lane has a node of another lane, and so no place here. */
static void give_slot(struct lane *lane) {
    struct cinstr_place *place;

    if (lane->top == shadow_base(lane) && lane->outer != NULL)
        return;
    place = place_for(lane, (struct segment_node *)lane->top->node, 1, true);
    if (place != NULL)
        cinstr1_slot = place_slots(place);
}

/* Lets the call enter the void place. What it calls belongs below `context`. */
static struct cinstr_place *enter_void(struct lane *lane, struct segment_node *context) {
    lane->void_parent = context;
    return places_void();
}

/* Which calls of a function are looked at. A trace shows all. */
static enum place_looks looks(void) {
    if (trace_is_on || options.timing == SEGMENT_TIMING_EXACT)
        return PLACE_ALWAYS;
    return options.timing == SEGMENT_TIMING_ADAPTIVE ? PLACE_DRAWN : PLACE_NEVER;
}

static struct cinstr_place *enter(struct lane *lane, uint64_t function, uint64_t call_site,
                                  uint64_t slots, uint64_t closed) {
    struct segment_node *context = slot_context(lane, cinstr1_slot), *node;
    const bool is_timed = (slots & CINSTR_SLOTS_TIMED) != 0;
    struct cinstr_place *place;

    if (!process_recording)
        return enter_void(lane, context);
    if (cinstr1_slot == &cinstr1_no_slot)
        give_slot(lane);
    node = tree_child(lane, context, function, call_site);
    if (node == NULL)
        return enter_void(lane, context);
    node->kind = SEGMENT_NODE_COUNTED;
    place = place_for(lane, node, slots & ~(uint64_t)CINSTR_SLOTS_TIMED, is_timed);
    if (place == NULL) {
        node->calls++;
        return enter_void(lane, node);
    }
    place_open(lane, place, is_timed ? looks() : PLACE_NEVER, closed);
    if (slot_is_own(lane, cinstr1_slot))
        *cinstr1_slot = place;
    return place;
}

struct cinstr_place *cinstr_slow_place(uint64_t function, uint64_t call_site, uint64_t slots,
                                       uintptr_t sp) {
    const int saved_errno = errno;
    const uint64_t closed = places_closings();
    struct cinstr_place *place = places_void();
    struct lane *lane = lane_for_hook(sp);

    if (lane != NULL) {
        const uint64_t now = cpu_time_now(lane);
        if (!places_in_use)
            begin_use();
        hook_loop_if_due(lane);
        unwind_dead(lane, sp, now);
        place = enter(lane, function, call_site, slots, closed);
        cpu_time_own(lane, lane->top, now);
        lane_rest(lane);
    } else if (process_state == PROCESS_UP && process_recording) {
        __atomic_add_fetch(&segment.header->losses.lane_calls, 1, __ATOMIC_RELAXED);
    }
    errno = saved_errno;
    return place;
}

struct cinstr_place *cinstr_early_place(void) {
    return places_void();
}
