/* SPDX-License-Identifier: MIT */
/*
 * What a hook cannot be put into, or must not: code that runs before relocation, in an interrupt,
 * or without a frame. What the program's own attributes exclude (no_instrument_function) clang has
 * left unmarked, see instrument.cpp.
 */
#include "selection.h"

#include "llvm/IR/CallingConv.h"
#include "llvm/IR/GlobalIFunc.h"

using namespace llvm;

namespace cinstr {

Selection::Selection(const Module &module) {
    for (const GlobalIFunc &ifunc : module.ifuncs()) {
        const auto *resolver = dyn_cast<Function>(ifunc.getOperand(0)->stripPointerCasts());
        if (resolver != nullptr)
            resolvers.insert(resolver);
    }
}

bool Selection::isHook(const Function &function) {
    return function.getName().find("__cyg_profile_func_") == 0;
}

static bool isInterruptHandler(const Function &function) {
    return function.getCallingConv() == CallingConv::X86_INTR ||
           function.hasFnAttribute("interrupt");
}

/* target("general-regs-only"), and whole files of it: kernels. */
static bool isGeneralRegistersOnly(const Function &function) {
    const StringRef features = function.getFnAttribute("target-features").getValueAsString();
    return features.contains("-x87") || features.contains("-fp-armv8");
}

bool Selection::includes(const Function &function) const {
    return !function.isDeclaration() && !function.hasAvailableExternallyLinkage() &&
           !function.hasFnAttribute(Attribute::Naked) && !isHook(function) &&
           !isInterruptHandler(function) && !isGeneralRegistersOnly(function) &&
           resolvers.count(&function) == 0;
}

} // namespace cinstr
