/* SPDX-License-Identifier: MIT */
/*
 * What code whose calls go by slots (cinstr/slots.h) calls: when its slot does not lead to the right
 * place, and when a call is timed. If the call was made in this context before, the place is found
 * here, otherwise by the slow path. This is a file of its own, so that it is not linked into
 * programs that were built without the plugin. It keeps the rules that hooks.c states.
 */
#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include <stddef.h>
#include <stdint.h>

#include "hook_steps.h"
#include "runtime/base/lane.h"
#include "runtime/tree/lookup.h"
#include "runtime/tree/places.h"

#if HOOKS_ARE_SHARED
#define SCOPE(name) ".globl " name "\n"
#else
#define SCOPE(name) ".globl " name "\n.hidden " name "\n"
#endif

/* Doors: they are called in the middle of a function, preserve the registers that cinstr/slots.h
 * lists, and call a function in C, which gets the caller's stack pointer where it needs that. While
 * nothing is recorded, the first has a short way: it counts the call and returns the void place. */
_Static_assert(offsetof(struct module_hooks, tag) == 16, "VOID_IF_OFF reads it");
_Static_assert(offsetof(struct module_hooks, early_calls) == 24, "VOID_IF_OFF counts in it");
_Static_assert(offsetof(struct places_void, place.calls) == 16, "set once a void place is ready");

/* clang-format off */
#if defined(__x86_64__)
#define PUSH(register) "push %" register "\n.cfi_adjust_cfa_offset 8\n"
#define POP(register)  "pop %" register "\n.cfi_adjust_cfa_offset -8\n"
#define DOOR(name, to, first, arguments) \
    __asm__(".text\n" SCOPE(name) ".type " name ", @function\n" name ":\n" \
            ".cfi_startproc\n" \
            "endbr64\n" \
            first \
            PUSH("rcx") PUSH("rdx") PUSH("rsi") PUSH("rdi") PUSH("r8") PUSH("r9") PUSH("r10") \
            arguments \
            "call " to "\n" \
            POP("r10") POP("r9") POP("r8") POP("rdi") POP("rsi") POP("rdx") POP("rcx") \
            "ret\n" \
            ".cfi_endproc\n" \
            ".size " name ", . - " name "\n")
#define VOID_IF_OFF \
            "mov cinstr1_module@GOTPCREL(%rip), %rax\n" \
            "cmpq $0, 16(%rax)\n" \
            "jne 1f\n" \
            "mov cinstr1_void@GOTPCREL(%rip), %r11\n" \
            "cmpq $0, 16(%r11)\n" \
            "je 1f\n" \
            "incq 24(%rax)\n" \
            "mov %r11, %rax\n" \
            "ret\n" \
            "1:\n"
DOOR("cinstr1_enter_place", "cinstr1_find_place", VOID_IF_OFF, "lea 64(%rsp), %r8\n");
DOOR("cinstr1_begin_far", "cinstr1_begin_any", "", "");
DOOR("cinstr1_switched_far", "cinstr_switched", "", "");
DOOR("cinstr1_end_far", "cinstr1_end_any", "", "");
#elif defined(__aarch64__)
#define DOOR(name, to, first, sp_register) \
    __asm__(".text\n" SCOPE(name) ".type " name ", %function\n" name ":\n" \
            ".cfi_startproc\n" \
            first \
            "paciasp\n" \
            "stp x29, x30, [sp, #-80]!\n" \
            ".cfi_adjust_cfa_offset 80\n" \
            ".cfi_offset x29, -80\n" \
            ".cfi_offset x30, -72\n" \
            "stp x9, x10, [sp, #16]\n" \
            "stp x11, x12, [sp, #32]\n" \
            "stp x13, x14, [sp, #48]\n" \
            "str x15, [sp, #64]\n" \
            "add " sp_register ", sp, #80\n" \
            "bl " to "\n" \
            "ldp x9, x10, [sp, #16]\n" \
            "ldp x11, x12, [sp, #32]\n" \
            "ldp x13, x14, [sp, #48]\n" \
            "ldr x15, [sp, #64]\n" \
            "ldp x29, x30, [sp], #80\n" \
            ".cfi_adjust_cfa_offset -80\n" \
            ".cfi_restore x29\n" \
            ".cfi_restore x30\n" \
            "autiasp\n" \
            "ret\n" \
            ".cfi_endproc\n" \
            ".size " name ", . - " name "\n")
#define VOID_IF_OFF \
            "adrp x16, :got:cinstr1_module\n" \
            "ldr x16, [x16, :got_lo12:cinstr1_module]\n" \
            "ldr x17, [x16, #16]\n" \
            "cbnz x17, 1f\n" \
            "adrp x17, :got:cinstr1_void\n" \
            "ldr x17, [x17, :got_lo12:cinstr1_void]\n" \
            "ldr x17, [x17, #16]\n" \
            "cbz x17, 1f\n" \
            "ldr x17, [x16, #24]\n" \
            "add x17, x17, #1\n" \
            "str x17, [x16, #24]\n" \
            "adrp x0, :got:cinstr1_void\n" \
            "ldr x0, [x0, :got_lo12:cinstr1_void]\n" \
            "ret\n" \
            "1:\n"
DOOR("cinstr1_enter_place", "cinstr1_find_place", VOID_IF_OFF, "x4");
DOOR("cinstr1_begin_call", "cinstr1_begin_any", "", "x2");
DOOR("cinstr1_end_call", "cinstr1_end_now", "", "x1");
#endif
/* clang-format on */

#if HOOKS_ARE_SHARED
#define BEHIND_DOOR HOT
#else
#define BEHIND_DOOR HOT __attribute__((visibility("hidden")))
#endif

/* Called by the doors alone. */
struct cinstr_place *cinstr1_find_place(struct cinstr_place **slot, uint64_t function,
                                        uint64_t call_site, uint64_t slots, uintptr_t sp);
uint64_t cinstr1_begin_any(struct cinstr_place *place, struct cinstr_place **slot, uintptr_t sp);
void cinstr1_end_any(uint64_t kept, uintptr_t sp, uint64_t now);

/* --- which place ------------------------------------------------------------------------------ */

/* The place of a call that is made in `context`. NULL: there is none yet. Called within
 * hook_begin(). */
static inline struct cinstr_place *find(struct lane *lane, const struct place_info *context,
                                        uint64_t function, uint64_t call_site) {
    struct segment_node *parent = node_at(lane, context->node * (uint32_t)sizeof *parent);
    struct segment_node *node = memo_find(lane, parent, function, call_site);

    if (node == NULL)
        node = transition_find(lane, parent, function, call_site);
    return node == NULL ? NULL : place_of(lane, node);
}

BEHIND_DOOR struct cinstr_place *cinstr1_find_place(struct cinstr_place **slot, uint64_t function,
                                                    uint64_t call_site, uint64_t slots,
                                                    uintptr_t sp) {
    struct lane *lane = cinstr1_self;
    struct cinstr_place *place;

    if (UNLIKELY(cinstr1_module.tag == 0)) {
        cinstr1_module.early_calls++;
        return cinstr_early_place();
    }
    if (LIKELY(lane->high - sp < lane->span) && LIKELY(slot_is_own(lane, slot))) {
        hook_begin(lane, sp);
        place = find(lane, slot_info(slot), function | cinstr1_module.tag, call_site);
        if (LIKELY(place != NULL && place->function == function)) {
            *slot = place;
            hook_end(lane);
            return place;
        }
        hook_end(lane);
    }
    return cinstr_slow_place(function | cinstr1_module.tag, call_site, slots, sp);
}

/* --- calls that are timed --------------------------------------------------------------------- */

/* Opens the frame of a call that is counted already. Called within hook_begin(). */
static ALWAYS_INLINE void store_call(struct lane *lane, struct cinstr_place *place,
                                     struct cinstr_place **slot, uint32_t shift, uintptr_t sp,
                                     bool is_timed) {
    struct segment_frame *top = lane->top;

    place_owe_return(place);
    top[1].shift = (uintptr_t)slot | shift;
    store_node(lane, top, place_node(place), sp, is_timed);
}

/* Whether the usual path can record the call; then this has begun by hook_begin(). */
static ALWAYS_INLINE bool may_begin(struct lane *lane, const struct cinstr_place *place,
                                    uintptr_t sp) {
    return LIKELY(place_lane(place) == lane) && begin_entry(lane, sp, place->call_site, false);
}

BEHIND_DOOR uint64_t cinstr1_begin_any(struct cinstr_place *place, struct cinstr_place **slot,
                                       uintptr_t sp) {
    struct lane *lane = cinstr1_self;
    bool is_timed = true;
    uint32_t shift = 0;

    if (!may_begin(lane, place, sp))
        return cinstr_slow_begin(place, slot, sp);
    if (lane->timed_calls != NULL)
        is_timed = cinstr_place_look(lane, place, &shift);
    else
        place->left = 0;
    store_call(lane, place, slot, shift, sp, is_timed);
    if (is_switched(lane))
        cinstr_switched(lane);
    else
        hook_end(lane);
    return (uintptr_t)slot | 1;
}

/* The frame below decides as well: a handler's last call has to take the slow path, which leaves the
 * lane, and so has any call above an abandoned frame. */
static inline bool is_end_of(const struct segment_frame *top, struct cinstr_place **slot,
                             uintptr_t sp) {
    return (top->shift & ~SEGMENT_SHIFT_MASK) == (uintptr_t)slot && top->sp >= sp &&
           top[-1].sp >= sp;
}

static inline struct cinstr_place **slot_of(uint64_t kept) {
    return (struct cinstr_place **)(uintptr_t)(kept & ~UINT64_C(1));
}

/* Called within hook_begin(). */
static inline void pop_drawn(struct lane *lane, struct segment_frame *top, uint64_t now) {
    if (lane->histogram != NULL && top->start != 0)
        duration_add_late(lane, (struct segment_node *)top->node, now - top->start);
    cinstr_drawn_end(lane, top, duration(lane, top, now));
    lane->last = now;
    drop_node(lane, top);
    if (UNLIKELY((now & LANE_LOOP_MASK) == 0))
        cinstr_loop_next(lane);
}

BEHIND_DOOR void cinstr1_end_any(uint64_t kept, uintptr_t sp, uint64_t now) {
    struct cinstr_place **slot = slot_of(kept);
    struct lane *lane = cinstr1_self;
    struct segment_frame *top;

    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr_slow_end(slot, sp, now);
        return;
    }
    hook_begin(lane, sp);
    top = lane->top;
    if (UNLIKELY(!is_end_of(top, slot, sp) || now < top->start || is_switched(lane))) {
        hook_end(lane);
        cinstr_slow_end(slot, sp, now);
        return;
    }
    cinstr1_slot = slot;
    if (lane->timed_calls != NULL)
        pop_drawn(lane, top, now);
    else if (lane->histogram != NULL)
        exit_with_duration(lane, top, now);
    else
        exit_timed(lane, top, now);
}

#if defined(__x86_64__)
/* The usual path where every call is timed has no door: the compiler saves the few registers that it
 * uses. Whatever calls further functions goes by a door. */
#define KEEPS __attribute__((no_caller_saved_registers))

KEEPS uint64_t cinstr1_begin_far(struct cinstr_place *place, struct cinstr_place **slot,
                                 uintptr_t sp);
KEEPS void cinstr1_switched_far(struct lane *lane);
KEEPS void cinstr1_end_far(uint64_t kept, uintptr_t sp, uint64_t now);
KEEPS uint64_t begin_exact(struct cinstr_place *place,
                           struct cinstr_place **slot) __asm__("cinstr1_begin_call");
KEEPS void end_exact(uint64_t kept) __asm__("cinstr1_end_call");

BEHIND_DOOR KEEPS uint64_t begin_exact(struct cinstr_place *place, struct cinstr_place **slot) {
    const uintptr_t sp = CALLER_SP;
    struct lane *lane = cinstr1_self;

    if (UNLIKELY(lane->timed_calls != NULL || !may_begin(lane, place, sp)))
        return cinstr1_begin_far(place, slot, sp);
    place->left = 0;
    store_call(lane, place, slot, 0, sp, true);
    if (is_switched(lane))
        cinstr1_switched_far(lane);
    else
        hook_end(lane);
    return (uintptr_t)slot | 1;
}

static ALWAYS_INLINE bool is_usual_end(const struct lane *lane, struct cinstr_place **slot,
                                       uintptr_t sp, uint64_t now) {
    const struct segment_frame *top = lane->top;

    return LIKELY(is_end_of(top, slot, sp)) && LIKELY(now >= top->start) &&
           LIKELY(!is_switched(lane)) && LIKELY(lane->histogram == NULL) &&
           LIKELY(lane->timed_calls == NULL) && LIKELY((now & LANE_LOOP_MASK) != 0);
}

BEHIND_DOOR KEEPS void end_exact(uint64_t kept) {
    const uint64_t now = clock_counter();
    const uintptr_t sp = CALLER_SP;
    struct lane *lane = cinstr1_self;

    if (UNLIKELY(lane->high - sp >= lane->span)) {
        cinstr1_end_far(kept, sp, now);
        return;
    }
    hook_begin(lane, sp);
    if (UNLIKELY(!is_usual_end(lane, slot_of(kept), sp, now))) {
        hook_end(lane);
        cinstr1_end_far(kept, sp, now);
        return;
    }
    cinstr1_slot = slot_of(kept);
    charge(lane->top, duration(lane, lane->top, now));
    lane->last = now;
    exit_node(lane, lane->top);
}
#else
/* Called by the door alone. */
void cinstr1_end_now(uint64_t kept, uintptr_t sp);
BEHIND_DOOR void cinstr1_end_now(uint64_t kept, uintptr_t sp) {
    cinstr1_end_any(kept, sp, clock_counter());
}
#endif
