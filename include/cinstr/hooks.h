/* SPDX-License-Identifier: MIT */
/*
 * The hooks, which instrumented code calls. Compilers or cinstr's plugins insert these calls;
 * programs do not make them by hand. `callee` is the function's own address, `caller` its return
 * address; an entry and its exit have the same values. Hooks preserve every register that the
 * calling convention says, and all floating-point and vector registers. They are thread-safe and
 * async-signal-safe.
 *
 * The names of cinstr's own hooks contain their version: code that a plugin built for other hooks
 * than the library has does not link, and the linker names the missing ones.
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

/* Counted, not timed. A function that makes no calls needs no exit hook: its only hook is
 * cinstr1_count_leaf(). An inlined call has that hook, too, with the address of its record as
 * `callee` (cinstr/inlined.h). */
CINSTR_HOOK void cinstr1_count_enter(void *callee, void *caller);
CINSTR_HOOK void cinstr1_count_exit(void *callee, void *caller);
CINSTR_HOOK void cinstr1_count_leaf(void *callee, void *caller);

/* Called before and after the call of an external function, which has no hooks of its own. `name`
 * is an empty function whose symbol is CINSTR_EXTERNAL followed by the external function's. The
 * entry hook returns the call site, which is passed to the exit hook; or NULL, with which the exit
 * hook does nothing, if the function does have hooks in another file of this program or library:
 * such a file puts its own `name` into the section cinstr_hooked, and the linker prefers it. */
#define CINSTR_EXTERNAL "cinstr.external."
CINSTR_HOOK void *cinstr1_enter_external(void *name);
CINSTR_HOOK void cinstr1_exit_external(void *name, void *call_site);
CINSTR_HOOK void *cinstr1_count_enter_external(void *name);
CINSTR_HOOK void cinstr1_count_exit_external(void *name, void *call_site);

/* Adds `count` to the LLVM instructions executed in the innermost open call: those since the last
 * call of this. */
CINSTR_HOOK void cinstr1_count_instructions(uint64_t count);

#ifdef __cplusplus
}
#endif
#endif
