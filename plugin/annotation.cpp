/* SPDX-License-Identifier: MIT */
/*
 * Reads LLVM's list of annotations, llvm.global.annotations: one record for each annotate attribute
 * of a definition, whose first two fields are what is annotated and the text.
 */
#include "annotation.h"

#include "llvm/IR/Constants.h"

using namespace llvm;

namespace cinstr {

static const char listName[] = "llvm.global.annotations";
static const char attributeName[] = "cinstr-annotation";

static StringRef textOf(const ConstantStruct &record) {
    const auto *text = dyn_cast<GlobalVariable>(record.getOperand(1)->stripPointerCasts());
    const auto *bytes = text == nullptr || !text->hasInitializer()
                            ? nullptr
                            : dyn_cast<ConstantDataArray>(text->getInitializer());

    return bytes != nullptr && bytes->isCString() ? bytes->getAsCString() : StringRef();
}

/* Whether the annotation was one of ours. */
static bool take(const Constant *entry) {
    const auto *record = dyn_cast<ConstantStruct>(entry);
    StringRef word = record == nullptr ? StringRef() : textOf(*record);

    if (!word.consume_front("cinstr:"))
        return false;
    auto *function = dyn_cast<Function>(record->getOperand(0)->stripPointerCasts());
    if (function == nullptr)
        return false;
    if (word != "time" && word != "count" && word != "skip")
        function->getContext().emitError("cinstr: " + function->getName() +
                                         ": unknown annotation cinstr:" + word +
                                         " (use time, count or skip)");
    function->addFnAttr(attributeName, word);
    return true;
}

void takeAnnotations(Module &module) {
    GlobalVariable *list = module.getNamedGlobal(listName);
    std::vector<Constant *> others;

    if (list == nullptr || !list->hasInitializer())
        return;
    auto *entries = dyn_cast<ConstantArray>(list->getInitializer());
    for (unsigned i = 0; entries != nullptr && i < entries->getNumOperands(); i++) {
        if (!take(entries->getOperand(i)))
            others.push_back(entries->getOperand(i));
    }
    if (entries == nullptr || others.size() == entries->getNumOperands())
        return;
    const std::string section = list->getSection().str();
    list->eraseFromParent();
    if (others.empty())
        return;
    auto *type = ArrayType::get(others.front()->getType(), others.size());
    list = new GlobalVariable(module, type, false, GlobalValue::AppendingLinkage,
                              ConstantArray::get(type, others), listName);
    list->setSection(section);
}

StringRef annotation(const Function &function) {
    return function.getFnAttribute(attributeName).getValueAsString();
}

} // namespace cinstr
