/* SPDX-License-Identifier: MIT */
/*
 * Functions whose source says how they are recorded: annotate("cinstr:time"), count or skip
 * (CINSTR_TIME and others of cinstr.h). Called by instrument.cpp before any optimisation;
 * selection.cpp asks for the word.
 */
#ifndef CINSTR_PLUGIN_ANNOTATION_H
#define CINSTR_PLUGIN_ANNOTATION_H

#include "llvm/IR/Module.h"

namespace cinstr {

/* Turns the annotations into an attribute of the function and removes them from LLVM's list,
 * since a function in that list is kept even if nobody calls it. */
void takeAnnotations(llvm::Module &module);

/* The word after "cinstr:"; empty: none. */
llvm::StringRef annotation(const llvm::Function &function);

} // namespace cinstr

#endif
