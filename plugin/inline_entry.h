/* SPDX-License-Identifier: MIT */
/*
 * The pass behind -cinstr-inline-entry: puts the usual path of a timed function's entry hook in the
 * place of its call. Added by instrument.cpp behind all that looks at hooks.
 */
#ifndef CINSTR_PLUGIN_INLINE_ENTRY_H
#define CINSTR_PLUGIN_INLINE_ENTRY_H

#include "llvm/IR/PassManager.h"

namespace cinstr {

class InlineEntry : public llvm::PassInfoMixin<InlineEntry> {
  public:
    static bool isRequired() {
        return true;
    }
    static bool isWanted(); /* by the command line */
    llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
};

} // namespace cinstr

#endif
