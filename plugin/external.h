/* SPDX-License-Identifier: MIT */
/*
 * External calls (-cinstr-external, and `external` in the list): calls of functions without hooks
 * of their own get hooks around them. Called by instrument.cpp after inlining, before it adds exit
 * hooks for unwinding.
 */
#ifndef CINSTR_PLUGIN_EXTERNAL_H
#define CINSTR_PLUGIN_EXTERNAL_H

#include "llvm/IR/InstrTypes.h"
#include "llvm/IR/Module.h"

#include "selection.h"

namespace cinstr {

class ExternalCalls {
  public:
    ExternalCalls(llvm::Module &instrumented, const Selection &selected);
    /* Puts hooks around the function's external calls. */
    void addTo(llvm::Function &function);
    /* Says that the function has hooks, so that calls of its name in other files are not
     * external. */
    void exclude(const llvm::Function &function);

  private:
    llvm::Function *makeName(llvm::StringRef function, llvm::GlobalValue::LinkageTypes linkage);
    void surround(llvm::CallBase &call, llvm::StringRef callee, Hooking hooking);

    llvm::Module &module;
    const Selection &selection;
    llvm::Type *pointer;
};

} // namespace cinstr

#endif
