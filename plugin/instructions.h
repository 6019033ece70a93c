/* SPDX-License-Identifier: MIT */
/*
 * The pass for -cinstr-instructions: each context also gets the number of LLVM instructions that
 * were executed in it. instrument.cpp adds it after the hooks, as the last pass.
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
    static bool isWanted(); /* set by the command line */
    llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &);
};

} // namespace cinstr

#endif
