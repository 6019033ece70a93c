/* SPDX-License-Identifier: MIT */
/*
 * Emits the table of instrumented functions (see cinstr/plugin_sections.h): a section with one word
 * for each, which the linker keeps or removes together with the function (the same comdat, else
 * !associated). The table has functions with a hook of their own, not clones that report themselves
 * as the original.
 */
#include "function_table.h"

#include <cinstr/plugin_sections.h>

#include "llvm/ADT/STLExtras.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalAlias.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/Module.h"
#include "llvm/Transforms/Utils/ModuleUtils.h"

#include "selection.h"

using namespace llvm;

namespace cinstr {

static bool isInstrumented(const Function &function) {
    return !function.isDeclaration() && !function.hasAvailableExternallyLinkage() &&
           any_of(instructions(function), Selection::isOwnHook);
}

/* As far as the linker knows, another module may replace this function by its own; with
 * -fno-semantic-interposition the compiler may nevertheless treat it as local. */
static bool isReplaceable(const Function &function) {
    const Module &module = *function.getParent();
    const bool isLibrary =
        module.getPICLevel() != PICLevel::NotPIC && module.getPIELevel() == PIELevel::Default;

    return !function.isDSOLocal() || (isLibrary && function.canBenefitFromLocalAlias());
}

/* The distance to a function that may be replaced is not known when linking, but that to a
 * private alias of it is. Marking the function as local instead would make the two the same for
 * link-time optimisation. If a function's address has no meaning, LLVM takes the distance
 * through the PLT, for which GNU's linker has no relocation on arm64; but the hooks give the
 * address a meaning. */
static Constant *localName(Function &function) {
    if (!isReplaceable(function)) {
        function.setUnnamedAddr(GlobalValue::UnnamedAddr::None);
        return &function;
    }
    function.setDSOLocal(false);
    return GlobalAlias::create(function.getValueType(), function.getAddressSpace(),
                               GlobalValue::PrivateLinkage, "cinstr.entry", &function,
                               function.getParent());
}

static GlobalValue *addWord(Function &function) {
    Module &module = *function.getParent();
    IRBuilder<> builder(module.getContext());
    Type *address = builder.getInt64Ty(), *type = builder.getInt32Ty();
    auto *word = new GlobalVariable(module, type, true, GlobalValue::PrivateLinkage, nullptr,
                                    "cinstr.function");

    word->setInitializer(ConstantExpr::getTrunc(
        ConstantExpr::getSub(ConstantExpr::getPtrToInt(localName(function), address),
                             ConstantExpr::getPtrToInt(word, address)),
        type));
    word->setSection(CINSTR_FUNCTION_TABLE);
    word->setAlignment(Align(sizeof(cinstr_function_word)));
    /* Of several files' copies link-time optimisation drops all but one, and a section that is
     * associated with nothing is an error: sections of one group are kept or removed together. */
    word->setComdat(function.getComdat());
    if (!function.hasComdat())
        word->setMetadata(LLVMContext::MD_associated,
                          MDNode::get(module.getContext(), ValueAsMetadata::get(&function)));
    return word;
}

PreservedAnalyses ListFunctions::run(Module &module, ModuleAnalysisManager &) {
    std::vector<GlobalValue *> words;

    if (module.getCodeModel() == CodeModel::Large) /* functions may be too far away for a word */
        return PreservedAnalyses::all();
    for (Function &function : module) {
        if (isInstrumented(function))
            words.push_back(addWord(function));
    }
    /* Kept by the compiler, but not by the linker. */
    appendToCompilerUsed(module, words);
    return words.empty() ? PreservedAnalyses::all() : PreservedAnalyses::none();
}

} // namespace cinstr
