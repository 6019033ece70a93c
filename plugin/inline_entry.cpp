/* SPDX-License-Identifier: MIT */
/*
 * The usual path of a timed function's entry, in line: the steps of runtime/hooks/hook_steps.h, in
 * their order, on the words that include/cinstr/inline_entry.h names. Whatever is not as usual is a
 * call:
 *
 *              every call timed, the thread's lane at rest?            else apart
 *              (the lane is being changed)
 *              caller open, a frame free, no context switch since?     else other
 *              the context that the edge led to last?                  else other
 *              count, frame, clock (and the lane is at rest)
 *     done:    the function's own code
 *     apart:   cinstr1_enter_apart(), then done
 *     other:   cinstr1_enter_other(), then done
 *
 * Addresses are numbers here: LLVM 14 has pointers of many types, later ones have one.
 */
#include "inline_entry.h"

#include <cstddef>

#include <cinstr/inline_entry.h>

#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InlineAsm.h"
#include "llvm/IR/MDBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"

#include "selection.h"

using namespace llvm;

namespace cinstr {

static cl::opt<bool> isAsked("cinstr-inline-entry",
                             cl::desc("cinstr: the usual path of a timed entry in line"));

bool InlineEntry::isWanted() {
    return isAsked;
}

namespace {

class UsualPath {
  public:
    explicit UsualPath(CallInst &entryHook);
    void putInPlace();

  private:
    BasicBlock *addBlock(const char *name);
    Value *load(Value *base, size_t offset, Type *type);
    Value *load(Value *base, size_t offset);
    void store(Value *value, Value *base, size_t offset);
    void fence();
    void goOnIf(Value *condition, BasicBlock *otherwise);
    Value *ownLane();
    Value *ofModule(size_t offset);
    Value *functionWord();
    Value *callSite();
    Value *place();
    Value *clock();
    void beginChange();
    Value *findNode(Value *top);
    void push(Value *node, Value *top);
    void addRest(const char *name, Value *called);

    CallInst &hook;
    Function &function;
    Module &module;
    IRBuilder<> builder;
    const bool isX86;
    Type *word, *half;
    Value *callee, *lane = nullptr;
    BasicBlock *done, *apart = nullptr, *other = nullptr;
};

UsualPath::UsualPath(CallInst &entryHook)
    : hook(entryHook), function(*entryHook.getFunction()), module(*function.getParent()),
      builder(module.getContext()),
      isX86(std::string(module.getTargetTriple()).find("x86_64") == 0), word(builder.getInt64Ty()),
      half(builder.getInt32Ty()) {
    BasicBlock *before = hook.getParent();

    /* Those of the first block are the frame's; elsewhere they would be made anew. */
    for (auto next = hook.getIterator(); next != before->end();) {
        Instruction &instruction = *next++;
        if (auto *space = dyn_cast<AllocaInst>(&instruction); space && space->isStaticAlloca())
            space->moveBefore(&hook);
    }
    done = before->splitBasicBlock(hook.getIterator(), "cinstr.done");
    before->getTerminator()->eraseFromParent();
    builder.SetInsertPoint(before);
    builder.SetCurrentDebugLocation(hook.getDebugLoc());
    callee = builder.CreatePtrToInt(hook.getArgOperand(0), word);
}

BasicBlock *UsualPath::addBlock(const char *name) {
    return BasicBlock::Create(module.getContext(), name, &function, done);
}

Value *UsualPath::load(Value *base, size_t offset, Type *type) {
    Value *address = builder.CreateAdd(base, builder.getInt64(offset));
    return builder.CreateLoad(type, builder.CreateIntToPtr(address, type->getPointerTo()));
}

Value *UsualPath::load(Value *base, size_t offset) {
    return load(base, offset, word);
}

void UsualPath::store(Value *value, Value *base, size_t offset) {
    Value *address = builder.CreateAdd(base, builder.getInt64(offset));
    builder.CreateStore(value, builder.CreateIntToPtr(address, value->getType()->getPointerTo()));
}

/* Signals arrive on the same thread. */
void UsualPath::fence() {
    builder.CreateFence(AtomicOrdering::AcquireRelease, SyncScope::SingleThread);
}

void UsualPath::goOnIf(Value *condition, BasicBlock *otherwise) {
    BasicBlock *next = addBlock("cinstr.usual");
    builder.CreateCondBr(condition, next, otherwise,
                         MDBuilder(module.getContext()).createBranchWeights(1u << 20, 1));
    builder.SetInsertPoint(next);
}

Value *UsualPath::ownLane() {
    GlobalVariable *self = module.getNamedGlobal(CINSTR1_SELF);

    if (self == nullptr)
        self = new GlobalVariable(module, word, false, GlobalValue::ExternalLinkage, nullptr,
                                  CINSTR1_SELF, nullptr, GlobalValue::InitialExecTLSModel);
    return builder.CreateLoad(word, self);
}

/* The hooks that are linked into the module define it. Where they are not, this one says that no
 * entry is usual, and the recorder's own hooks do all. */
Value *UsualPath::ofModule(size_t offset) {
    GlobalVariable *state = module.getNamedGlobal(CINSTR1_MODULE);

    if (state == nullptr) {
        Type *type = ArrayType::get(word, sizeof(cinstr1_module) / sizeof(uint64_t));
        state = new GlobalVariable(module, type, false, GlobalValue::WeakAnyLinkage,
                                   Constant::getNullValue(type), CINSTR1_MODULE);
        state->setVisibility(GlobalValue::HiddenVisibility);
    }
    return load(builder.CreatePtrToInt(state, word), offset);
}

/* These are made anew at each use: the function's arguments have most of the registers. */
Value *UsualPath::functionWord() {
    return builder.CreateOr(callee, ofModule(offsetof(cinstr1_module, exact_tag)));
}

Value *UsualPath::callSite() {
    return builder.CreatePtrToInt(
        builder.CreateIntrinsic(Intrinsic::returnaddress, {}, builder.getInt32(0)), word);
}

Value *UsualPath::place() {
    Type *pointer = PointerType::get(builder.getInt8Ty(), 0);
    const Intrinsic::ID id = isX86 ? Intrinsic::addressofreturnaddress : Intrinsic::sponentry;
    Value *known = builder.CreatePtrToInt(builder.CreateIntrinsic(id, {pointer}, {}), word);
    const uint64_t belowCfa = isX86 ? 8 : 0;

    return builder.CreateSub(known, builder.getInt64(CINSTR1_BELOW_CFA - belowCfa));
}

Value *UsualPath::clock() {
    if (isX86)
        return builder.CreateIntrinsic(Intrinsic::readcyclecounter, {}, {});
    InlineAsm *read = InlineAsm::get(FunctionType::get(word, false), "mrs $0, cntvct_el0", "=r",
                                     /* hasSideEffects */ true);
    return builder.CreateCall(read);
}

void UsualPath::beginChange() {
    Value *depth = builder.CreateSub(load(lane, offsetof(cinstr1_lane, high)), place());

    goOnIf(builder.CreateICmpULT(depth, load(lane, offsetof(cinstr1_lane, span))), apart);
    store(depth, lane, offsetof(cinstr1_lane, span));
    fence();
}

/* What the edge led to last, if from the same caller. */
Value *UsualPath::findNode(Value *top) {
    /* The tag is above the bits of the slot. */
    Value *key =
        builder.CreateAdd(builder.CreateShl(callSite(), Log2_32(sizeof(cinstr1_memo))), callee);
    Value *offset = builder.CreateAnd(builder.CreateTrunc(key, half),
                                      load(lane, offsetof(cinstr1_lane, memo_mask), half));
    Value *memo = builder.CreateAdd(load(lane, offsetof(cinstr1_lane, memo)),
                                    builder.CreateZExt(offset, word));
    Value *caller = load(memo, offsetof(cinstr1_memo, parent));

    goOnIf(builder.CreateICmpEQ(caller, load(top, offsetof(segment_frame, node))), other);
    Value *node = load(memo, offsetof(cinstr1_memo, node));
    Value *difference = builder.CreateOr(
        builder.CreateXor(load(node, offsetof(segment_node, call_site)), callSite()),
        builder.CreateXor(load(node, offsetof(segment_node, function)), functionWord()));
    goOnIf(builder.CreateICmpEQ(difference, builder.getInt64(0)), other);
    return node;
}

/* A reader sees the frame from its node on. */
void UsualPath::push(Value *node, Value *top) {
    Value *frame = builder.CreateAdd(top, builder.getInt64(sizeof(segment_frame)));
    Value *calls = load(node, offsetof(segment_node, calls));

    store(builder.CreateAdd(calls, builder.getInt64(1)), node, offsetof(segment_node, calls));
    store(place(), frame, offsetof(segment_frame, sp));
    store(clock(), frame, offsetof(segment_frame, start));
    fence();
    store(node, frame, offsetof(segment_frame, node));
    store(frame, lane, offsetof(cinstr1_lane, top));
    fence();
    store(load(lane, offsetof(cinstr1_lane, full)), lane, offsetof(cinstr1_lane, span));
    builder.CreateBr(done);
}

/* Rejected: preserve_most, which spares the function's arguments a spill. One call in five of real
 * programs comes this way, and paid more for the registers that the recorder then saves. */
void UsualPath::addRest(const char *name, Value *called) {
    auto *type = FunctionType::get(builder.getVoidTy(), {word, word, word}, false);
    const AttributeList attributes = AttributeList::get(
        module.getContext(), AttributeList::FunctionIndex, {Attribute::NoUnwind, Attribute::Cold});

    CallInst *rest = builder.CreateCall(module.getOrInsertFunction(name, type, attributes),
                                        {place(), called, callSite()});
    rest->setDoesNotThrow();
    builder.CreateBr(done);
}

void UsualPath::putInPlace() {
    apart = addBlock("cinstr.apart");
    other = addBlock("cinstr.other");
    goOnIf(builder.CreateICmpNE(ofModule(offsetof(cinstr1_module, exact_tag)), builder.getInt64(0)),
           apart);
    lane = ownLane();
    beginChange();
    Value *top = load(lane, offsetof(cinstr1_lane, top));
    goOnIf(builder.CreateICmpUGT(load(top, offsetof(segment_frame, sp)), place()), other);
    goOnIf(builder.CreateICmpULT(top, load(lane, offsetof(cinstr1_lane, limit))), other);
    goOnIf(builder.CreateICmpEQ(load(load(lane, offsetof(cinstr1_lane, switch_word)), 0, half),
                                load(lane, offsetof(cinstr1_lane, switch_seen), half)),
           other);
    push(findNode(top), top);
    builder.SetInsertPoint(apart);
    addRest("cinstr1_enter_apart", callee);
    builder.SetInsertPoint(other);
    addRest("cinstr1_enter_other", functionWord());
    hook.eraseFromParent();
}

/* Where small code is asked for, the call stays. */
CallInst *findEntry(Function &function) {
    if (function.isDeclaration() || function.hasOptSize() || function.hasOptNone())
        return nullptr;
    for (Instruction &instruction : function.getEntryBlock()) {
        auto *call = dyn_cast<CallInst>(&instruction);
        if (call != nullptr && Selection::isOwnHook(instruction) &&
            call->getCalledFunction()->getName() == "__cyg_profile_func_enter")
            return call;
    }
    return nullptr;
}

} // namespace

PreservedAnalyses InlineEntry::run(Function &function, FunctionAnalysisManager &) {
    CallInst *hook = findEntry(function);

    if (hook == nullptr)
        return PreservedAnalyses::all();
    UsualPath(*hook).putInPlace();
    return PreservedAnalyses::none();
}

} // namespace cinstr
