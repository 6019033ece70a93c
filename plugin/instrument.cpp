/* SPDX-License-Identifier: MIT */
/*
 * The LLVM pass plugin: puts the entry and exit hooks into a module. It replaces clang's own pass
 * for -finstrument-functions and -finstrument-functions-after-inlining: clang marks the functions,
 * and the plugin removes the marks and adds the hooks, at every exit. Loaded by clang
 * -fpass-plugin=; one binary for each LLVM. It must never change what the program does.
 *
 * There is no exit hook before a call that does not return, since what it calls belongs below the
 * function that makes it. If it ends by unwinding, the landing pad runs the hook; if by a jump, the
 * recorder notices.
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
                         cl::desc("cinstr: skip files in which clang has marked no function"));
cl::opt<bool> onlyHooks("cinstr-hooks",
                        cl::desc("cinstr: call hooks, which may be another library's"));

/* clang's marks, and ours for functions whose mark was removed. */
const char markBefore[] = "instrument-function-entry";
const char markAfter[] = "instrument-function-entry-inlined";
const char exitMarkBefore[] = "instrument-function-exit";
const char exitMarkAfter[] = "instrument-function-exit-inlined";
const char markDone[] = "cinstr-instrumented";

class Hooks {
  public:
    /* `recordingSlots`: nullptr: all calls are recorded by hooks. */
    Hooks(Module &instrumented, cinstr::Slots *recordingSlots);
    void addTo(Function &function, cinstr::Hooking hooking, bool isEarly);

  private:
    void addCall(IRBuilder<> &builder, const char *hook, Function &function);
    void addExits(Function &function, function_ref<void(IRBuilder<> &)> addExit);
    void givePersonality(Function &function);

    Module &module;
    Type *pointer;
    Function *personality = nullptr; /* the one that the module uses already */
    cinstr::Slots *slots;
};

Hooks::Hooks(Module &instrumented, cinstr::Slots *recordingSlots)
    : module(instrumented), slots(recordingSlots) {
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

/* Makes all landing pads cleanups: an exception that the function does not catch passes by a pad
 * that only catches. */
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

void Hooks::addTo(Function &function, cinstr::Hooking hooking, bool isEarly) {
    const bool isTimed = hooking == cinstr::Hooking::Timed;

    if (slots != nullptr && !isEarly) {
        slots->addTo(function, isTimed, [&](function_ref<void(IRBuilder<> &)> addExit) {
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

/* Whether clang has marked no function of the module: then all of them are instrumented. */
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

/* Removes the hooks that clang 17 and later put in at -O0 before any plugin runs. Returns whether
 * there were any. */
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

/* Whether it has hooks: its own, or those of functions inlined into it. */
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

/* Marks, before inlining, the functions that get their hooks after it. */
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
    if (!onlyHooks && !isInlinedWanted && !cinstr::CountInstructions::isWanted() &&
        !selection.hasExternal())
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
        hooks.addTo(*function, hooking, selection.isEarly(*function));
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
            /* Unused functions must be removed first: the table would keep them. */
            if (level != OptimizationLevel::O0)
                manager.addPass(GlobalDCEPass());
            manager.addPass(cinstr::ListFunctions());
        });
}

} // namespace

extern "C" __attribute__((visibility("default"))) PassPluginLibraryInfo llvmGetPassPluginInfo() {
    return {LLVM_PLUGIN_API_VERSION, "cinstr", CINSTR_VERSION, registerPasses};
}
