/* SPDX-License-Identifier: MIT */
/*
 * The pass behind -cinstr-instructions: each context also gets the number of LLVM's instructions
 * that were executed in it. Added by instrument.cpp behind the hooks, as the last of all.
 */
#ifndef CINSTR_PLUGIN_INSTRUCTIONS_H
#define CINSTR_PLUGIN_INSTRUCTIONS_H

#include "llvm/IR/PassManager.h"

namespace cinstr {

class CountInstructions : public llvm::PassInfoMixin<CountInstructions> {
  public:
    static bool isRequired() {
        return true;
    }
    static bool isWanted(); /* by the command line */
    llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
};

} // namespace cinstr

#endif
