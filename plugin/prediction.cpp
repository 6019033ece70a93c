/* SPDX-License-Identifier: MIT */
/*
 * See prediction.h. Each module has the same constant: the linker keeps one of them, although
 * nothing refers to it.
 */
#include "prediction.h"

#include <cinstr/plugin_sections.h>

#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

using namespace llvm;

namespace cinstr {

static const char name[] = "cinstr.prediction";

void addPrediction(Module &module, double predicted) {
    if (module.getNamedGlobal(name) != nullptr)
        return;
    Constant *value = ConstantFP::get(Type::getDoubleTy(module.getContext()), predicted);
    auto *word = new GlobalVariable(module, value->getType(), true, GlobalValue::LinkOnceODRLinkage,
                                    value, name);
    word->setVisibility(GlobalValue::HiddenVisibility);
    word->setComdat(module.getOrInsertComdat(name));
    word->setSection(CINSTR_PREDICTION);
    appendToUsed(module, {word});
}

} // namespace cinstr
