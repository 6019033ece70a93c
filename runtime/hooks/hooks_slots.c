/* SPDX-License-Identifier: MIT */
/*
 * What code that counts by slots (cinstr/slots.h) calls when its slot does not lead to the right
 * place. If the call was made in this context before, the place is found here, otherwise by the
 * slow path. This is a file of its own, so that it is not linked into programs that were built
 * without the plugin. It keeps the rules that hooks.c states.
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

/* Called among a function's first instructions, and so preserves the registers that cinstr/slots.h
 * lists. */
/* clang-format off */
#if defined(__x86_64__)
__asm__(".text\n" SCOPE("cinstr1_enter_place") ".type cinstr1_enter_place, @function\n"
        "cinstr1_enter_place:\n"
        ".cfi_startproc\n"
        "endbr64\n"
        "push %rcx\n.cfi_adjust_cfa_offset 8\n"
        "push %rdx\n.cfi_adjust_cfa_offset 8\n"
        "push %rsi\n.cfi_adjust_cfa_offset 8\n"
        "push %rdi\n.cfi_adjust_cfa_offset 8\n"
        "push %r8\n.cfi_adjust_cfa_offset 8\n"
        "push %r9\n.cfi_adjust_cfa_offset 8\n"
        "push %r10\n.cfi_adjust_cfa_offset 8\n"
        "lea 64(%rsp), %r8\n"
        "call cinstr1_find_place\n"
        "pop %r10\n.cfi_adjust_cfa_offset -8\n"
        "pop %r9\n.cfi_adjust_cfa_offset -8\n"
        "pop %r8\n.cfi_adjust_cfa_offset -8\n"
        "pop %rdi\n.cfi_adjust_cfa_offset -8\n"
        "pop %rsi\n.cfi_adjust_cfa_offset -8\n"
        "pop %rdx\n.cfi_adjust_cfa_offset -8\n"
        "pop %rcx\n.cfi_adjust_cfa_offset -8\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size cinstr1_enter_place, . - cinstr1_enter_place\n");
#elif defined(__aarch64__)
__asm__(".text\n" SCOPE("cinstr1_enter_place") ".type cinstr1_enter_place, %function\n"
        "cinstr1_enter_place:\n"
        ".cfi_startproc\n"
        "paciasp\n"
        "stp x29, x30, [sp, #-80]!\n"
        ".cfi_adjust_cfa_offset 80\n"
        ".cfi_offset x29, -80\n"
        ".cfi_offset x30, -72\n"
        "stp x9, x10, [sp, #16]\n"
        "stp x11, x12, [sp, #32]\n"
        "stp x13, x14, [sp, #48]\n"
        "str x15, [sp, #64]\n"
        "add x4, sp, #80\n"
        "bl cinstr1_find_place\n"
        "ldp x9, x10, [sp, #16]\n"
        "ldp x11, x12, [sp, #32]\n"
        "ldp x13, x14, [sp, #48]\n"
        "ldr x15, [sp, #64]\n"
        "ldp x29, x30, [sp], #80\n"
        ".cfi_adjust_cfa_offset -80\n"
        ".cfi_restore x29\n"
        ".cfi_restore x30\n"
        "autiasp\n"
        "ret\n"
        ".cfi_endproc\n"
        ".size cinstr1_enter_place, . - cinstr1_enter_place\n");
#endif
/* clang-format on */

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

/* Called by the code above only. */
struct cinstr_place *cinstr1_find_place(struct cinstr_place **slot, uint64_t function,
                                        uint64_t call_site, uint64_t slots, uintptr_t sp);
HOT
#if !HOOKS_ARE_SHARED
    __attribute__((visibility("hidden")))
#endif
    struct cinstr_place *
    cinstr1_find_place(struct cinstr_place **slot, uint64_t function, uint64_t call_site,
                       uint64_t slots, uintptr_t sp) {
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
