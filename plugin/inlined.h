/* SPDX-License-Identifier: MIT */
/*
 * Counts inlined calls (-cinstr-inlined): a mark that is put at a function's entry before inlining
 * goes where its body goes, and becomes a count there after all optimisation. Used by
 * instrument.cpp at both ends of the pipeline.
 */
#ifndef CINSTR_PLUGIN_INLINED_H
#define CINSTR_PLUGIN_INLINED_H

#include "selection.h"

namespace cinstr {

bool isInlinedWanted(); /* set by the command line */

/* Called before inlining. */
void markEntry(llvm::Function &function);

/* Called after inlining, before hooks are put in: the remaining marks become counts, except
 * those at their original place, which the function's own hook counts. */
void countInlined(llvm::Module &module, const Selection &selection);

} // namespace cinstr

#endif
