/* SPDX-License-Identifier: MIT */
/*
 * Child slots: how code that is counted finds its context without looking for it. The layout is
 * what a compiler's plugin writes code for.
 *
 * A place is where a call leads to: one function, called from one call site of one context. It has
 * a slot for each call that its function makes, CINSTR_SLOTS_DISTANCE bytes behind it: the place
 * that the call led to last. A thread has one word, cinstr1_slot: the slot of its next call.
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
 * A function without calls has no more than the entry. Calls from CINSTR_SLOTS_MOST on share the
 * last slot. Names hold their version, as those of hooks do.
 */
#ifndef CINSTR_SLOTS_H
#define CINSTR_SLOTS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CINSTR_SLOTS_DISTANCE 0x200000
#define CINSTR_SLOTS_MOST     512

struct cinstr_place {
    uint64_t function;  /* its address; 0: nothing matches */
    uint64_t call_site; /* the return address */
    uint64_t *calls;    /* how often it was entered */
};

extern __thread struct cinstr_place **cinstr1_slot
    __attribute__((tls_model("initial-exec"), visibility("default")));

/* The place of a call that its slot does not hold. `slots`: how many the function needs. Keeps all
 * registers but that of the result, and on x86-64 r11, on arm64 those that a function's arguments
 * are passed in and x16 to x18 (LLVM's preserve_all and preserve_most). Before the recorder
 * is up it returns a place that counts nothing that is kept. */
__attribute__((no_instrument_function)) struct cinstr_place *
cinstr1_enter_place(struct cinstr_place **slot, uint64_t function, uint64_t call_site,
                    uint64_t slots);

#ifdef __cplusplus
}
#endif
#endif
