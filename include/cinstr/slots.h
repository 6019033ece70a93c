/* SPDX-License-Identifier: MIT */
/*
 * Child slots: how code finds its calling context without looking it up. A compiler's plugin
 * writes code for this layout.
 *
 * A place is what a call leads to: one function, called from one call site of one context. For
 * each call that its function makes it has a slot, CINSTR_SLOTS_DISTANCE bytes behind it, which
 * holds the place that the call led to last. A thread has one word, cinstr1_slot: the slot of its
 * next call.
 *
 *   entry      slot = cinstr1_slot
 *              me = *slot
 *              unless me->function is this one and me->call_site the return address:
 *                  me = cinstr1_enter_place(slot, this function, return address, calls)
 *                  slot = cinstr1_slot
 *              ++*me->calls, which no signal may cut in two
 *   call i     cinstr1_slot = slots of me + i
 *   way out    cinstr1_slot = slot, by return, musttail call or unwinding
 *
 * In a function that may be timed the place also counts down to the next call that is looked at:
 * every call, one of a share, or none.
 *
 *   entry      if --me->left < 0:
 *                  slot = cinstr1_begin_call(me, slot)
 *   way out    if the lowest bit of slot is set:
 *                  cinstr1_end_call(slot)
 *              else as above
 *
 * A function without calls that is not timed has only the entry. The calls of a function beyond
 * CINSTR_SLOTS_MOST share its last slot. Names contain their version, as those of hooks do.
 */
#ifndef CINSTR_SLOTS_H
#define CINSTR_SLOTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CINSTR_SLOTS_DISTANCE 0x200000
#define CINSTR_SLOTS_MOST     512
#define CINSTR_SLOTS_TIMED    0x10000 /* added to the number of slots: it may be timed */

struct cinstr_place {
    uint64_t function;  /* its address; 0: the place matches no function */
    uint64_t call_site; /* the return address */
    uint64_t *calls;    /* counts its calls; not NULL in a place that a slot leads to */
    int64_t left;       /* calls before the next one that is looked at */
};

extern __thread struct cinstr_place **cinstr1_slot
    __attribute__((tls_model("initial-exec"), visibility("default")));

/* Returns the place of a call if its slot does not hold it; never NULL.
 *   slot       the thread's slot at the function's entry
 *   function   the function's address
 *   call_site  its return address
 *   slots      how many slots the function needs: the number of calls in it
 * Preserves all registers but that of the result and, on x86-64, r11; on arm64, those in which a
 * function's arguments are passed, and x16 to x18 (LLVM's preserve_all and preserve_most). Before
 * the recorder is up it returns a place whose count is not recorded. Async-signal-safe. */
__attribute__((no_instrument_function)) struct cinstr_place *
cinstr1_enter_place(struct cinstr_place **slot, uint64_t function, uint64_t call_site,
                    uint64_t slots);

/* Begins a call that is looked at; reads the clock last. Returns the slot, its lowest bit set if
 * cinstr1_end_call() has to be called. Preserves the same registers. */
__attribute__((no_instrument_function)) uint64_t cinstr1_begin_call(struct cinstr_place *place,
                                                                    struct cinstr_place **slot);
/* Ends it; reads the clock first, and sets the thread's word to the slot. On x86-64 it preserves the
 * register of the function's result as well. */
__attribute__((no_instrument_function)) void cinstr1_end_call(uint64_t slot);

#ifdef __cplusplus
}
#endif
#endif
