/* SPDX-License-Identifier: MIT */
/*
 * Functions that say in the source what they are to cost: annotate("cinstr:time"), count or skip
 * (CINSTR_TIME and others of cinstr.h). Called by instrument.cpp before anything is optimised;
 * selection.cpp asks for the word.
 */
#ifndef CINSTR_PLUGIN_ANNOTATION_H
#define CINSTR_PLUGIN_ANNOTATION_H

#include "llvm/IR/Module.h"

namespace cinstr {

/* Makes them an attribute of the function. LLVM's list of annotations no longer has them: what is
 * in it lives, even if nobody calls it. */
void takeAnnotations(llvm::Module &module);

/* The word behind "cinstr:"; empty: none. */
llvm::StringRef annotation(const llvm::Function &function);

} // namespace cinstr

#endif
