/* SPDX-License-Identifier: MIT */
/*
 * Inlined calls are counted (-cinstr-inlined): a mark put at a function's entry before inlining
 * goes where its body goes, and becomes a count of that place when all is optimised. Used by
 * instrument.cpp at both ends of the pipeline.
 */
#ifndef CINSTR_PLUGIN_INLINED_H
#define CINSTR_PLUGIN_INLINED_H

#include "selection.h"

namespace cinstr {

bool isInlinedWanted(); /* by the command line */

/* Before inlining. */
void markEntry(llvm::Function &function);

/* After it, and before hooks are put in: what is left of the marks become counts, but for those
 * that are where they were put, which the function's own hook counts. */
void countInlined(llvm::Module &module, const Selection &selection);

} // namespace cinstr

#endif
