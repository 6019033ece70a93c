/* SPDX-License-Identifier: MIT */
/*
 * An external function is named by an empty function of ours in the module that calls it
 * (CINSTR_EXTERNAL), not by its own address: that may be in the PLT, or be what an IFUNC has
 * chosen, and taking it would change how a program is linked. The linker knows whether a function
 * that is only declared here has hooks in another file: see cinstr1_enter_external().
 *
 * These calls get no hooks: those that do not return or return twice, after which no hook could
 * tell what is open; musttail calls, which nothing may follow; functions that touch no memory,
 * whose work is not worth a hook (errno's and isalpha()'s); indirect calls; and intrinsics, since
 * they become no calls. But memory of unknown length is copied and set by calls.
 */
#include "external.h"

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

#include <cinstr/hooks.h>

using namespace llvm;

namespace cinstr {

/* --- which calls ------------------------------------------------------------------------------ */

/* Whether it is a function of a compiler's runtime library, or ours. */
static bool isRuntime(StringRef name) {
    static const char *const prefixes[] = {"cinstr",       "__cyg_profile_", "__cxa_",  "_Unwind_",
                                           "__asan_",      "__tsan_",        "__msan_", "__ubsan_",
                                           "__sanitizer_", "__llvm_",        "__gcov_"};
    for (const char *prefix : prefixes) {
        if (name.find(prefix) == 0)
            return true;
    }
    return false;
}

/* Compares the names as well: with -fno-builtin clang does not recognize these functions. */
static bool returnsTwice(const CallBase &call, StringRef name) {
    static const char *const names[] = {"setjmp",      "_setjmp", "sigsetjmp",
                                        "__sigsetjmp", "vfork",   "getcontext"};
    for (const char *known : names) {
        if (name == known)
            return true;
    }
    return call.hasFnAttr(Attribute::ReturnsTwice);
}

static StringRef nameOfCopy(const MemIntrinsic &copy) {
    if (isa<ConstantInt>(copy.getLength()))
        return "";
    return isa<MemSetInst>(copy) ? "memset" : isa<MemMoveInst>(copy) ? "memmove" : "memcpy";
}

/* The name of the function called; "" when it is not external. */
static StringRef nameOfCallee(const CallBase &call) {
    const auto *callee = dyn_cast<Function>(call.getCalledOperand()->stripPointerCasts());
    const auto *copy = dyn_cast<MemIntrinsic>(&call);

    if (copy != nullptr)
        return nameOfCopy(*copy);
    if (callee == nullptr || !callee->isDeclaration() || callee->isIntrinsic() ||
        call.doesNotReturn() || call.doesNotAccessMemory() || call.isMustTailCall() ||
        call.hasOperandBundles() || !(isa<CallInst>(call) || isa<InvokeInst>(call)))
        return "";
    const StringRef name = GlobalValue::dropLLVMManglingEscape(callee->getName());
    return isRuntime(name) || returnsTwice(call, name) ? "" : name;
}

/* --- hooks around them ------------------------------------------------------------------------ */

ExternalCalls::ExternalCalls(Module &instrumented, const Selection &selected)
    : module(instrumented), selection(selected),
      pointer(PointerType::get(Type::getInt8Ty(instrumented.getContext()), 0)) {
}

Function *ExternalCalls::makeName(StringRef function, GlobalValue::LinkageTypes linkage) {
    const std::string symbol = (CINSTR_EXTERNAL + function).str();
    auto *type = FunctionType::get(Type::getVoidTy(module.getContext()), false);
    Function *name = module.getFunction(symbol);

    if (name == nullptr) {
        name = Function::Create(type, linkage, symbol, module);
        name->setVisibility(GlobalValue::HiddenVisibility);
        name->setDoesNotThrow();
        /* The name is put before the code; otherwise the functions are equal, and a linker may
         * fold them. */
        std::string padded = function.str();
        padded.resize(alignTo(padded.size(), 16));
        name->setPrefixData(ConstantDataArray::getString(module.getContext(), padded, false));
        IRBuilder<>(BasicBlock::Create(module.getContext(), "", name)).CreateRetVoid();
    }
    return name;
}

/* Weak functions are not marked: of two weak ones the linker may take either. */
void ExternalCalls::exclude(const Function &function) {
    const StringRef name = GlobalValue::dropLLVMManglingEscape(function.getName());

    if (function.hasExternalLinkage() && selection.external(name) != Hooking::None)
        makeName(name, GlobalValue::ExternalLinkage)->setSection("cinstr_hooked");
}

/* The instructions that follow the call: one, or two if the call may unwind to here. */
static SmallVector<Instruction *, 2> findEnds(CallBase &call) {
    SmallVector<BasicBlock *, 2> pads;
    auto *invoke = dyn_cast<InvokeInst>(&call);

    if (invoke == nullptr)
        return {call.getNextNode()};
    BasicBlock *block = invoke->getParent(), *normal = invoke->getNormalDest();
    if (normal->getSinglePredecessor() == nullptr)
        normal = SplitEdge(block, normal);
    pads.push_back(invoke->getUnwindDest());
    if (pads[0]->getSinglePredecessor() == nullptr) {
        BasicBlock *shared = pads.pop_back_val();
        SplitLandingPadPredecessors(shared, {block}, ".external", ".other", pads);
    }
    return {&*normal->getFirstInsertionPt(), &*pads[0]->getFirstInsertionPt()};
}

static void takePlace(IRBuilder<> &builder, const CallBase &call) {
    DISubprogram *subprogram = call.getFunction()->getSubprogram();

    if (call.getDebugLoc())
        builder.SetCurrentDebugLocation(call.getDebugLoc());
    else if (subprogram != nullptr)
        builder.SetCurrentDebugLocation(DILocation::get(call.getContext(), 0, 0, subprogram));
}

void ExternalCalls::surround(CallBase &call, StringRef callee, Hooking hooking) {
    const bool isTimed = hooking == Hooking::Timed;
    LLVMContext &context = module.getContext();
    const AttributeList attributes =
        AttributeList::get(context, AttributeList::FunctionIndex, {Attribute::NoUnwind});
    const FunctionCallee enter = module.getOrInsertFunction(
        isTimed ? "cinstr1_enter_external" : "cinstr1_count_enter_external",
        FunctionType::get(pointer, {pointer}, false), attributes);
    const FunctionCallee exit = module.getOrInsertFunction(
        isTimed ? "cinstr1_exit_external" : "cinstr1_count_exit_external",
        FunctionType::get(Type::getVoidTy(context), {pointer, pointer}, false), attributes);
    Constant *name =
        ConstantExpr::getPointerCast(makeName(callee, GlobalValue::WeakAnyLinkage), pointer);
    IRBuilder<> before(&call);

    takePlace(before, call);
    CallInst *callSite = before.CreateCall(enter, {name});
    callSite->setDoesNotThrow();
    for (Instruction *end : findEnds(call)) {
        IRBuilder<> after(end);
        takePlace(after, call);
        after.CreateCall(exit, {name, callSite})->setDoesNotThrow();
    }
}

void ExternalCalls::addTo(Function &function) {
    std::vector<CallBase *> calls;

    for (Instruction &instruction : instructions(function)) {
        if (auto *call = dyn_cast<CallBase>(&instruction))
            calls.push_back(call);
    }
    for (CallBase *call : calls) {
        const StringRef name = nameOfCallee(*call);
        const Hooking hooking = name.empty() ? Hooking::None : selection.external(name);
        if (hooking != Hooking::None)
            surround(*call, name, hooking);
    }
}

} // namespace cinstr
