/* SPDX-License-Identifier: MIT */
/*
 * The hooks: what instrumented code calls, put there by compilers or by our LLVM plugin. Nobody
 * calls them by hand. `callee` is the function's own address, `caller` its return address; an enter
 * and its exit have the same. They keep every register that the calling convention says, and those
 * of floating point and vectors all.
 *
 * Names of ours hold their version: code built by a plugin that knows other hooks than the library
 * does not link, and the linker names what is missing.
 */
#ifndef CINSTR_HOOKS_H
#define CINSTR_HOOKS_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CINSTR_HOOK __attribute__((no_instrument_function))

/* Counted and timed: gcc's and clang's -finstrument-functions, and the plugin. */
CINSTR_HOOK void __cyg_profile_func_enter(void *callee, void *caller);
CINSTR_HOOK void __cyg_profile_func_exit(void *callee, void *caller);

/* Counted, not timed. A function that calls nothing needs no exit: its one hook is the leaf's. So
 * is that of a call that was inlined, with the address of its record as `callee`
 * (cinstr/inlined.h). */
CINSTR_HOOK void cinstr1_count_enter(void *callee, void *caller);
CINSTR_HOOK void cinstr1_count_exit(void *callee, void *caller);
CINSTR_HOOK void cinstr1_count_leaf(void *callee, void *caller);

/* Around the call of an external function, one that has no hooks of its own. `name` is a function
 * that does nothing, and has the symbol CINSTR_EXTERNAL and the other's. Returned is the call site,
 * which the exit takes; NULL: the function has hooks after all, in another file of this program or
 * library. That file puts a `name` of its own into the section cinstr_hooked, and the linker
 * prefers it. */
#define CINSTR_EXTERNAL "cinstr.external."
CINSTR_HOOK void *cinstr1_enter_external(void *name);
CINSTR_HOOK void cinstr1_exit_external(void *name, void *call_site);
CINSTR_HOOK void *cinstr1_count_enter_external(void *name);
CINSTR_HOOK void cinstr1_count_exit_external(void *name, void *call_site);

/* LLVM instructions that were executed since the last call of this, in the innermost open call. */
CINSTR_HOOK void cinstr1_count_instructions(uint64_t count);

#ifdef __cplusplus
}
#endif
#endif
