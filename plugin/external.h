/* SPDX-License-Identifier: MIT */
/*
 * External calls (-cinstr-external, and `external` in the list): those of functions that have no
 * hooks of their own get hooks around them. Called by instrument.cpp after inlining, before it adds
 * exit hooks to unwinding.
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
    /* Hooks around the function's external calls. */
    void addTo(llvm::Function &function);
    /* The function has hooks: what other files call by this name is not external. */
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
