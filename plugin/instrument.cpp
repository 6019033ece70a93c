/* SPDX-License-Identifier: MIT */
/*
 * The LLVM pass plugin: puts the entry and exit hooks into a module. It takes the place of clang's
 * own pass for -finstrument-functions and -finstrument-functions-after-inlining: clang marks the
 * functions, the plugin takes the marks off and does what they ask for, on every way out. Loaded by
 * clang -fpass-plugin=; one binary for each LLVM. It must never change what the program does.
 *
 * What runs no exit hook: calls that do not return. What such a call calls belongs below the
 * function that makes it; where it leaves by unwinding, the landing pad runs the hook, and where by
 * a jump, the recorder sees that itself.
 */
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/PassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Passes/PassPlugin.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Transforms/IPO/GlobalDCE.h"
#include "llvm/Transforms/Utils/EscapeEnumerator.h"

#include "annotation.h"
#include "external.h"
#include "function_table.h"
#include "inlined.h"
#include "instructions.h"
#include "prediction.h"
#include "selection.h"
#include "slots.h"

using namespace llvm;

namespace {

cl::opt<bool> onlyMarked("cinstr-only-marked",
                         cl::desc("cinstr: nothing in a file in which clang has marked nothing"));

/* clang's marks, and ours on functions that need no more. */
const char markBefore[] = "instrument-function-entry";
const char markAfter[] = "instrument-function-entry-inlined";
const char exitMarkBefore[] = "instrument-function-exit";
const char exitMarkAfter[] = "instrument-function-exit-inlined";
const char markDone[] = "cinstr-instrumented";

class Hooks {
  public:
    /* `countingSlots`: what counts; nullptr: hooks do. */
    Hooks(Module &instrumented, cinstr::Slots *countingSlots);
    void addTo(Function &function, cinstr::Hooking hooking);

  private:
    void addCall(IRBuilder<> &builder, const char *hook, Function &function);
    void addExits(Function &function, function_ref<void(IRBuilder<> &)> addExit);
    void givePersonality(Function &function);

    Module &module;
    Type *pointer;
    Function *personality = nullptr; /* the one that the module uses already */
    cinstr::Slots *slots;
};

Hooks::Hooks(Module &instrumented, cinstr::Slots *countingSlots)
    : module(instrumented), slots(countingSlots) {
    pointer = PointerType::get(Type::getInt8Ty(module.getContext()), 0);
    for (const Function &function : module) {
        if (function.hasPersonalityFn())
            personality = dyn_cast<Function>(function.getPersonalityFn()->stripPointerCasts());
    }
}

void Hooks::addCall(IRBuilder<> &builder, const char *hook, Function &function) {
    LLVMContext &context = module.getContext();
    const AttributeList attributes =
        AttributeList::get(context, AttributeList::FunctionIndex, {Attribute::NoUnwind});
    auto *type = FunctionType::get(Type::getVoidTy(context), {pointer, pointer}, false);
    Value *callSite = builder.CreateIntrinsic(Intrinsic::returnaddress, {}, builder.getInt32(0));
    CallInst *call =
        builder.CreateCall(module.getOrInsertFunction(hook, type, attributes),
                           {ConstantExpr::getPointerCast(&function, pointer), callSite});
    call->setDoesNotThrow();
}

/* Functions of two personalities are not inlined into each other. */
void Hooks::givePersonality(Function &function) {
    if (!function.hasPersonalityFn() && personality != nullptr)
        function.setPersonalityFn(personality);
}

/* Exceptions that a function does not catch pass by a landing pad that only catches. */
void landOnUnwinding(Function &function) {
    for (BasicBlock &block : function) {
        if (LandingPadInst *pad = block.getLandingPadInst())
            pad->setCleanup(true);
    }
}

void Hooks::addExits(Function &function, function_ref<void(IRBuilder<> &)> addExit) {
    DebugLoc none;

    if (DISubprogram *subprogram = function.getSubprogram())
        none = DILocation::get(module.getContext(), 0, 0, subprogram);
    if (!function.doesNotThrow()) {
        landOnUnwinding(function);
        givePersonality(function);
    }
    EscapeEnumerator escapes(function, "cinstr.unwind");
    while (IRBuilder<> *builder = escapes.Next()) {
        if (!builder->getCurrentDebugLocation())
            builder->SetCurrentDebugLocation(none);
        addExit(*builder);
    }
}

void Hooks::addTo(Function &function, cinstr::Hooking hooking) {
    if (hooking != cinstr::Hooking::Timed && slots != nullptr) {
        slots->addTo(function, [&](function_ref<void(IRBuilder<> &)> addExit) {
            addExits(function, addExit);
        });
        return;
    }
    IRBuilder<> entry(&function.getEntryBlock(), function.getEntryBlock().getFirstInsertionPt());
    if (DISubprogram *subprogram = function.getSubprogram())
        entry.SetCurrentDebugLocation(
            DILocation::get(module.getContext(), subprogram->getScopeLine(), 0, subprogram));
    if (hooking == cinstr::Hooking::Leaf) {
        addCall(entry, "cinstr1_count_leaf", function);
    } else {
        const bool isTimed = hooking == cinstr::Hooking::Timed;
        addCall(entry, isTimed ? "__cyg_profile_func_enter" : "cinstr1_count_enter", function);
        addExits(function, [&](IRBuilder<> &builder) {
            addCall(builder, isTimed ? "__cyg_profile_func_exit" : "cinstr1_count_exit", function);
        });
    }
}

bool isMarkedModule(const Module &module) {
    for (const Function &function : module) {
        if (function.hasFnAttribute(markBefore) || function.hasFnAttribute(markAfter) ||
            function.hasFnAttribute(markDone))
            return true;
    }
    return false;
}

/* Nothing is said of its functions: all are instrumented. */
bool isWholeModule(const Module &module) {
    return !onlyMarked && !isMarkedModule(module);
}

class Instrument : public PassInfoMixin<Instrument> {
  public:
    explicit Instrument(bool afterInlining) : isAfterInlining(afterInlining) {
    }
    static bool isRequired() {
        return true;
    }
    PreservedAnalyses run(Module &module, ModuleAnalysisManager &);

  private:
    bool takeMark(Function &function) const;

    bool isAfterInlining;
};

/* At -O0 clang 17 and later have put in their own hooks before any plugin is asked. */
bool takeCalls(Function &function) {
    std::vector<Instruction *> calls;

    for (Instruction &instruction : instructions(function)) {
        if (cinstr::Selection::isOwnHook(instruction))
            calls.push_back(&instruction);
    }
    for (Instruction *call : calls)
        call->eraseFromParent();
    return !calls.empty();
}

/* Its own, or those of what was inlined into it. */
bool hasHooks(const Function &function) {
    for (const Instruction &instruction : instructions(function)) {
        const auto *call = dyn_cast<CallInst>(&instruction);
        const Function *hook = call == nullptr ? nullptr : call->getCalledFunction();
        if (hook != nullptr && cinstr::Selection::isHook(*hook))
            return true;
    }
    return false;
}

bool Instrument::takeMark(Function &function) const {
    const char *mark = isAfterInlining ? markAfter : markBefore;
    const bool isMarked =
        function.hasFnAttribute(mark) || (!isAfterInlining && takeCalls(function));

    function.removeFnAttr(mark);
    function.removeFnAttr(isAfterInlining ? exitMarkAfter : exitMarkBefore);
    if (isMarked)
        function.addFnAttr(markDone);
    return isMarked;
}

/* What is to get its hooks after inlining is marked before. */
void markEntries(Module &module, const cinstr::Selection &selection) {
    const bool isWhole = isWholeModule(module);

    for (Function &function : module) {
        if ((isWhole || function.hasFnAttribute(markAfter)) && selection.isRecorded(function))
            cinstr::markEntry(function);
    }
}

PreservedAnalyses Instrument::run(Module &module, ModuleAnalysisManager &) {
    if (!isAfterInlining)
        cinstr::takeAnnotations(module);
    const bool isWhole = isAfterInlining && isWholeModule(module);
    const bool isInlinedWanted = cinstr::isInlinedWanted();
    std::vector<Function *> chosen, hooked;

    for (Function &function : module) {
        if (function.isDeclaration())
            continue;
        if (takeMark(function) || isWhole)
            chosen.push_back(&function);
        else if (isAfterInlining && hasHooks(function))
            hooked.push_back(&function);
    }
    if (chosen.empty() && hooked.empty() && !isInlinedWanted)
        return PreservedAnalyses::all();
    const cinstr::Selection selection(module);
    cinstr::ExternalCalls calls(module, selection);
    std::unique_ptr<cinstr::Slots> slots;
    if (!isInlinedWanted && !cinstr::CountInstructions::isWanted() && !selection.hasExternal())
        slots = std::make_unique<cinstr::Slots>(module);
    Hooks hooks(module, slots.get());
    if (isInlinedWanted && isAfterInlining)
        cinstr::countInlined(module, selection);
    else if (isInlinedWanted)
        markEntries(module, selection);
    for (Function *function : hooked)
        calls.addTo(*function);
    for (Function *function : chosen) {
        const cinstr::Hooking hooking = selection.hooking(*function);
        if (hooking == cinstr::Hooking::None)
            continue;
        calls.exclude(*function);
        if (isAfterInlining)
            calls.addTo(*function);
        hooks.addTo(*function, hooking);
    }
    if (selection.prediction() > 0)
        cinstr::addPrediction(module, selection.prediction());
    return PreservedAnalyses::none();
}

void registerPasses(PassBuilder &builder) {
    builder.registerPipelineStartEPCallback(
        [](ModulePassManager &manager, OptimizationLevel) { manager.addPass(Instrument(false)); });
    builder.registerOptimizerLastEPCallback(
        [](ModulePassManager &manager, OptimizationLevel level) {
            manager.addPass(Instrument(true));
            if (cinstr::CountInstructions::isWanted())
                manager.addPass(createModuleToFunctionPassAdaptor(cinstr::CountInstructions()));
            /* What nobody needs any more must go first: the table would keep it. */
            if (level != OptimizationLevel::O0)
                manager.addPass(GlobalDCEPass());
            manager.addPass(cinstr::ListFunctions());
        });
}

} // namespace

extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
    return {LLVM_PLUGIN_API_VERSION, "cinstr", CINSTR_VERSION, registerPasses};
}
