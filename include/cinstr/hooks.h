/* SPDX-License-Identifier: MIT */
/*
 * The hooks, which instrumented code calls: compilers or our LLVM plugin put these calls in, and
 * nobody calls them by hand. `callee` is the function's own address, `caller` its return address;
 * an entry and its exit have the same values. Hooks preserve every register that the calling
 * convention says, and all floating-point and vector registers.
 *
 * The names of our own hooks contain their version: code that was built by a plugin for other hooks
 * than the library has does not link, and the linker names what is missing.
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

/* Counted, not timed. A function that calls nothing needs no exit hook: its only hook is
 * cinstr1_count_leaf(). An inlined call has that hook, too, with the address of its record as
 * `callee` (cinstr/inlined.h). */
CINSTR_HOOK void cinstr1_count_enter(void *callee, void *caller);
CINSTR_HOOK void cinstr1_count_exit(void *callee, void *caller);
CINSTR_HOOK void cinstr1_count_leaf(void *callee, void *caller);

/* Called around the call of an external function, one without hooks of its own. `name` is an
 * empty function whose symbol is CINSTR_EXTERNAL and the external function's. The entry hook
 * returns the call site, which the exit hook takes; or NULL if the function does have hooks, in
 * another file of this program or library: such a file puts a `name` of its own into the section
 * cinstr_hooked, and the linker prefers it. */
#define CINSTR_EXTERNAL "cinstr.external."
CINSTR_HOOK void *cinstr1_enter_external(void *name);
CINSTR_HOOK void cinstr1_exit_external(void *name, void *call_site);
CINSTR_HOOK void *cinstr1_count_enter_external(void *name);
CINSTR_HOOK void cinstr1_count_exit_external(void *name, void *call_site);

/* Adds LLVM instructions that were executed in the innermost open call since the last call of
 * this. */
CINSTR_HOOK void cinstr1_count_instructions(uint64_t count);

#ifdef __cplusplus
}
#endif
#endif
