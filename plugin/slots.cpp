/* SPDX-License-Identifier: MIT */
/*
 * Emits the code that cinstr/slots.h describes. The unusual path is one call, of a function that
 * preserves registers, so that the usual path saves none.
 *
 * Attributes that promise not to access memory (readnone and the like) are removed: the callee
 * reads the thread's word, and with such a promise the call could be moved away from the store of
 * its slot.
 */
#include "slots.h"

#include <algorithm>
#include <cstddef>

#include <cinstr/slots.h>

#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"

#include "selection.h"

using namespace llvm;

namespace cinstr {

#if LLVM_VERSION_MAJOR >= 16
static const Attribute::AttrKind promises[] = {Attribute::Memory, Attribute::Speculatable};
#else
static const Attribute::AttrKind promises[] = {
    Attribute::ReadNone,
    Attribute::ReadOnly,
    Attribute::WriteOnly,
    Attribute::ArgMemOnly,
    Attribute::InaccessibleMemOnly,
    Attribute::InaccessibleMemOrArgMemOnly,
    Attribute::Speculatable,
};
#endif

static bool isX86(const Module &module) {
    return StringRef(module.getTargetTriple()).find("x86_64") == 0;
}

Slots::Slots(Module &recorded)
    : module(recorded), number(Type::getInt64Ty(recorded.getContext())),
      byte(Type::getInt8Ty(recorded.getContext())), pointer(PointerType::get(byte, 0)) {
    current = module.getGlobalVariable("cinstr1_slot");
    if (current == nullptr)
        current = new GlobalVariable(module, pointer, false, GlobalValue::ExternalLinkage, nullptr,
                                     "cinstr1_slot", nullptr, GlobalValue::InitialExecTLSModel);
    other = declare("cinstr1_enter_place", pointer, {pointer, pointer, pointer, number});
    beginCall = declare("cinstr1_begin_call", pointer, {pointer, pointer});
    endCall = declare("cinstr1_end_call", Type::getVoidTy(module.getContext()), {pointer});
}

Function *Slots::declare(const char *name, Type *result, ArrayRef<Type *> parameters) {
    FunctionCallee callee =
        module.getOrInsertFunction(name, FunctionType::get(result, parameters, false));
    auto *function = cast<Function>(callee.getCallee());

    function->setCallingConv(isX86(module) ? CallingConv::PreserveAll : CallingConv::PreserveMost);
    function->setDoesNotThrow();
    function->addFnAttr(Attribute::Cold);
    return function;
}

CallInst *Slots::call(IRBuilder<> &builder, Function *callee, ArrayRef<Value *> arguments) {
    CallInst *call = builder.CreateCall(callee, arguments);

    call->setCallingConv(callee->getCallingConv());
    call->setDoesNotThrow();
    return call;
}

/* --- which calls ------------------------------------------------------------------------------ */

/* False for what becomes no call, such as copying little memory. Any other call may lead to a
 * counted function. */
static bool makesCall(const CallBase &call) {
    const auto *callee = call.getCalledFunction();

    if (const auto *copy = dyn_cast<MemIntrinsic>(&call)) {
        const auto *length = dyn_cast<ConstantInt>(copy->getLength());
        return length == nullptr || length->getZExtValue() > 64;
    }
    return !isa<IntrinsicInst>(call) && !call.isInlineAsm() && !call.isMustTailCall() &&
           (callee == nullptr || (!callee->isIntrinsic() && !Selection::isHook(*callee)));
}

std::vector<CallBase *> Slots::findCalls(Function &function) {
    std::vector<CallBase *> calls;

    for (Instruction &instruction : instructions(function)) {
        auto *call = dyn_cast<CallBase>(&instruction);
        if (call != nullptr && makesCall(*call))
            calls.push_back(call);
    }
    return calls;
}

static void takePromises(Function &function) {
    for (const Attribute::AttrKind promise : promises)
        function.removeFnAttr(promise);
}

static void takePromises(CallBase &call) {
    auto *callee = dyn_cast<Function>(call.getCalledOperand()->stripPointerCasts());

    if (isa<IntrinsicInst>(call))
        return;
    for (const Attribute::AttrKind promise : promises)
        call.removeFnAttr(promise);
    if (callee != nullptr)
        takePromises(*callee);
}

/* --- code ------------------------------------------------------------------------------------- */

Value *Slots::word(IRBuilder<> &builder) {
#if LLVM_VERSION_MAJOR >= 16
    return builder.CreateThreadLocalAddress(current);
#else
    (void)builder;
    return current;
#endif
}

void Slots::put(IRBuilder<> &builder, Value *slot) {
    builder.CreateStore(slot, word(builder));
}

Value *Slots::field(IRBuilder<> &builder, Value *place, uint64_t offset, Type *type) {
    Value *address = builder.CreateConstInBoundsGEP1_64(byte, place, offset);

    address = builder.CreateBitCast(address, PointerType::get(type, 0));
    return builder.CreateLoad(type, address);
}

/* One instruction on x86-64: a handler that counts the same call runs before or after it. On arm64
 * such a handler makes the store fail, and the loop tries again. */
void Slots::count(IRBuilder<> &builder, Value *place) {
    auto *type = FunctionType::get(builder.getVoidTy(), {pointer}, false);
    InlineAsm *add =
        isX86(module)
            ? InlineAsm::get(type, "incq ($0)", "r,~{dirflag},~{fpsr},~{flags}", true)
            : InlineAsm::get(type,
                             "1: ldxr x16, [$0]\n\tadd x16, x16, #1\n\tstxr w17, x16, [$0]\n\t"
                             "cbnz w17, 1b",
                             "r,~{x16},~{x17}", true);

    builder.CreateCall(type, add, {field(builder, place, offsetof(cinstr_place, calls), pointer)})
        ->setDoesNotThrow();
}

static MDNode *rarely(const Module &module) {
    return MDBuilder(module.getContext()).createBranchWeights(1, 1 << 20);
}

/* Moves static allocations to the front of the first block, which is going to be split, and returns
 * the first instruction behind them. */
static Instruction *beginOf(Function &function) {
    BasicBlock &entry = function.getEntryBlock();
    Instruction *begin = &*entry.getFirstInsertionPt();
    std::vector<AllocaInst *> late;

    while (isa<AllocaInst>(begin))
        begin = begin->getNextNode();
    for (Instruction &instruction : entry) {
        auto *allocation = dyn_cast<AllocaInst>(&instruction);
        if (allocation != nullptr && isa<ConstantInt>(allocation->getArraySize()))
            late.push_back(allocation);
    }
    for (AllocaInst *allocation : late)
        allocation->moveBefore(begin);
    return begin;
}

static DebugLoc beginningOf(const Function &function) {
    DISubprogram *subprogram = function.getSubprogram();

    return subprogram == nullptr
               ? DebugLoc()
               : DebugLoc(DILocation::get(function.getContext(), subprogram->getScopeLine(), 0,
                                          subprogram));
}

/* Emits the code that finds the function's place. `slot`: set to the slot that leads to it. */
PHINode *Slots::findPlace(Instruction *at, Function &function, Value *&slot, uint64_t calls,
                          bool isTimed) {
    IRBuilder<> builder(at);
    builder.SetCurrentDebugLocation(beginningOf(function));
    Constant *self = ConstantExpr::getPointerCast(&function, pointer);
    Value *callSite = builder.CreateIntrinsic(Intrinsic::returnaddress, {}, builder.getInt32(0));
    Type *slots = PointerType::get(pointer, 0);
    slot = builder.CreateLoad(pointer, word(builder));
    Value *last = builder.CreateLoad(pointer, builder.CreateBitCast(slot, slots));
    Value *isOther = builder.CreateOr(
        builder.CreateICmpNE(field(builder, last, offsetof(cinstr_place, function), pointer), self),
        builder.CreateICmpNE(field(builder, last, offsetof(cinstr_place, call_site), pointer),
                             callSite));
    BasicBlock *usual = at->getParent();
    Instruction *rare = SplitBlockAndInsertIfThen(isOther, at, false, rarely(module));

    IRBuilder<> beside(rare);
    beside.SetCurrentDebugLocation(beginningOf(function));
    Value *wanted = beside.getInt64(calls | (isTimed ? CINSTR_SLOTS_TIMED : 0));
    CallInst *found = call(beside, other, {slot, self, callSite, wanted});
    Value *renewed = calls == 0 ? slot : beside.CreateLoad(pointer, word(beside));

    IRBuilder<> after(&at->getParent()->front());
    PHINode *place = after.CreatePHI(pointer, 2), *leading = after.CreatePHI(pointer, 2);
    place->addIncoming(last, usual);
    place->addIncoming(found, rare->getParent());
    leading->addIncoming(slot, usual);
    leading->addIncoming(renewed, rare->getParent());
    slot = leading;
    return place;
}

/* Emits the code that counts down to the next call that is looked at, and begins that one. Returns
 * the slot, its lowest bit set if the call's end has to be told. */
Value *Slots::begin(Instruction *at, Value *place, Value *slot) {
    IRBuilder<> builder(at);
    builder.SetCurrentDebugLocation(beginningOf(*at->getFunction()));
    Value *address = builder.CreateBitCast(
        builder.CreateConstInBoundsGEP1_64(byte, place, offsetof(cinstr_place, left)),
        PointerType::get(number, 0));
    Value *left = builder.CreateSub(builder.CreateLoad(number, address), builder.getInt64(1));
    builder.CreateStore(left, address);
    BasicBlock *usual = at->getParent();
    Instruction *rare = SplitBlockAndInsertIfThen(builder.CreateICmpSLT(left, builder.getInt64(0)),
                                                  at, false, rarely(module));

    IRBuilder<> beside(rare);
    beside.SetCurrentDebugLocation(beginningOf(*at->getFunction()));
    CallInst *marked = call(beside, beginCall, {place, slot});
    IRBuilder<> after(&at->getParent()->front());
    PHINode *kept = after.CreatePHI(pointer, 2);
    kept->addIncoming(slot, usual);
    kept->addIncoming(marked, rare->getParent());
    return kept;
}

/* Emits the code of a way out: tells the end of a marked call, or sets the thread's word to the slot,
 * which a function without calls has left as it was. */
void Slots::end(IRBuilder<> &builder, Value *slot, bool hasCalls) {
    Value *mark = builder.CreateAnd(builder.CreatePtrToInt(slot, number), builder.getInt64(1));
    Value *isMarked = builder.CreateICmpNE(mark, builder.getInt64(0));
    Instruction *out = &*builder.GetInsertPoint();
    const DebugLoc location = builder.getCurrentDebugLocation();
    Instruction *told = nullptr, *usual = nullptr;

    if (hasCalls)
        SplitBlockAndInsertIfThenElse(isMarked, out, &told, &usual, rarely(module));
    else
        told = SplitBlockAndInsertIfThen(isMarked, out, false, rarely(module));
    IRBuilder<> beside(told);
    beside.SetCurrentDebugLocation(location);
    call(beside, endCall, {slot});
    if (usual != nullptr) {
        builder.SetInsertPoint(usual);
        put(builder, slot);
    }
}

/* Emits the code at the function's entry and before its calls. Returns what the ways out need: the
 * slot by which the function was called, marked if the call is timed. */
Value *Slots::enter(Function &function, const std::vector<CallBase *> &calls, bool isTimed) {
    const uint64_t count = std::min<uint64_t>(calls.size(), CINSTR_SLOTS_MOST);
    Instruction *begin = beginOf(function);
    Value *slot = nullptr;

    takePromises(function);
    PHINode *place = findPlace(begin, function, slot, count, isTimed);
    IRBuilder<> builder(begin);
    builder.SetCurrentDebugLocation(beginningOf(function));
    this->count(builder, place);
    if (isTimed)
        slot = this->begin(begin, place, slot);
    for (uint64_t i = 0; i < calls.size(); i++) {
        IRBuilder<> before(calls[i]);
        const uint64_t index = std::min<uint64_t>(i, CINSTR_SLOTS_MOST - 1);
        put(before, before.CreateConstInBoundsGEP1_64(
                        byte, place, CINSTR_SLOTS_DISTANCE + index * sizeof(cinstr_place *)));
        takePromises(*calls[i]);
    }
    return slot;
}

} // namespace cinstr
