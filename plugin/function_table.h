/* SPDX-License-Identifier: MIT */
/*
 * The table of instrumented functions (cinstr/plugin_sections.h), so that `cinstr report
 * --never-called` knows functions that the recorder never sees. The plugin's last pass.
 */
#ifndef CINSTR_PLUGIN_FUNCTION_TABLE_H
#define CINSTR_PLUGIN_FUNCTION_TABLE_H

#include "llvm/IR/PassManager.h"

namespace cinstr {

class ListFunctions : public llvm::PassInfoMixin<ListFunctions> {
  public:
    static bool isRequired() {
        return true;
    }
    llvm::PreservedAnalyses run(llvm::Module &module, llvm::ModuleAnalysisManager &);
};

} // namespace cinstr

#endif
