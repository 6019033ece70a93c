/* SPDX-License-Identifier: MIT */
/*
 * Counts LLVM's instructions as they are executed. Each basic block adds a constant in a register;
 * the sum is passed to the recorder (cinstr1_count_instructions) before anything after which it
 * could be lost or belong to another context: hooks, and calls that may not return. The recorder
 * adds it to the open context. The numbers depend only on the program, its input and the compiler.
 *
 * It counts the instructions after optimisation, except those that make no code (phis, debug
 * information, markers) and those that the plugin itself has added.
 */
#include "instructions.h"

#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

#include "selection.h"

using namespace llvm;

namespace cinstr {

static cl::opt<bool> isAsked("cinstr-instructions",
                             cl::desc("cinstr: count LLVM's instructions in each context"));

bool CountInstructions::isWanted() {
    return isAsked;
}

static const CallBase *asHook(const Instruction &instruction) {
    const auto *call = dyn_cast<CallBase>(&instruction);
    const Function *callee = call == nullptr ? nullptr : call->getCalledFunction();

    return callee != nullptr && Selection::isHook(*callee) &&
                   callee->getName() != "cinstr1_count_instructions"
               ? call
               : nullptr;
}

/* The function's own entry hook; nullptr: it has none. */
static const Instruction *findEntry(const Function &function) {
    for (const Instruction &instruction : function.getEntryBlock()) {
        if (Selection::isOwnHook(instruction))
            return &instruction;
    }
    return nullptr;
}

/* The hooks' arguments include return addresses; one that the program itself asks for is not
 * counted, either. */
static bool isCounted(const Instruction &instruction) {
    const auto *intrinsic = dyn_cast<IntrinsicInst>(&instruction);

    if (isa<PHINode>(instruction) || asHook(instruction) != nullptr)
        return false;
    return intrinsic == nullptr ||
           (!intrinsic->isAssumeLikeIntrinsic() && !isa<DbgInfoIntrinsic>(intrinsic) &&
            intrinsic->getIntrinsicID() != Intrinsic::returnaddress);
}

/* The sum is passed on before these: hooks open and close contexts; a called function may jump
 * away, end the program, or be observed from outside. */
static bool isBoundary(const Instruction &instruction) {
    const auto *call = dyn_cast<CallBase>(&instruction);

    if (call == nullptr || call->isInlineAsm())
        return false;
    if (isa<IntrinsicInst>(call))
        return call->doesNotReturn();
    return asHook(instruction) != nullptr || !call->doesNotThrow() ||
           !call->hasFnAttr(Attribute::WillReturn);
}

namespace {

class Counter {
  public:
    explicit Counter(Function &counted);
    void add();

  private:
    void addTo(const std::vector<Instruction *> &block);
    void keep(Instruction *before, uint64_t count);
    void handOver(Instruction *before, uint64_t count);

    Function &function;
    const Instruction *entry;
    Type *number;
    FunctionCallee recorder;
    AllocaInst *kept = nullptr;
};

Counter::Counter(Function &counted)
    : function(counted), entry(findEntry(counted)), number(Type::getInt64Ty(counted.getContext())) {
    const AttributeList attributes = AttributeList::get(
        counted.getContext(), AttributeList::FunctionIndex, {Attribute::NoUnwind});
    recorder = counted.getParent()->getOrInsertFunction(
        "cinstr1_count_instructions", attributes, Type::getVoidTy(counted.getContext()), number);
}

void Counter::keep(Instruction *before, uint64_t count) {
    IRBuilder<> builder(before);

    builder.CreateStore(
        builder.CreateAdd(builder.CreateLoad(number, kept), builder.getInt64(count)), kept);
}

void Counter::handOver(Instruction *before, uint64_t count) {
    IRBuilder<> builder(before);
    Value *all = builder.CreateAdd(builder.CreateLoad(number, kept), builder.getInt64(count));
    CallInst *call = builder.CreateCall(recorder, {all});

    call->setDoesNotThrow();
    if (!call->getDebugLoc() && function.getSubprogram() != nullptr)
        call->setDebugLoc(DILocation::get(function.getContext(), 0, 0, function.getSubprogram()));
    builder.CreateStore(builder.getInt64(0), kept);
}

/* The return after the exit hook is counted with what precedes the hook. */
static uint64_t countToEnd(const Instruction *from) {
    uint64_t count = 0;

    for (; from != nullptr; from = from->getNextNode())
        count += isCounted(*from);
    return count;
}

static bool endsFunction(const Instruction &instruction) {
    const Instruction *last = instruction.getParent()->getTerminator();

    if (!Selection::isOwnHook(instruction) || !(isa<ReturnInst>(last) || isa<ResumeInst>(last)))
        return false;
    for (const Instruction *next = instruction.getNextNode(); next != nullptr;
         next = next->getNextNode()) {
        if (asHook(*next) != nullptr)
            return false;
    }
    return true;
}

void Counter::addTo(const std::vector<Instruction *> &block) {
    uint64_t count = 0;

    for (Instruction *instruction : block) {
        count += isCounted(*instruction);
        if (!isBoundary(*instruction) || instruction == entry)
            continue;
        if (endsFunction(*instruction)) {
            handOver(instruction, count + countToEnd(instruction));
            return;
        }
        handOver(instruction, count);
        count = 0;
    }
    if (count != 0)
        keep(block.back(), count);
}

void Counter::add() {
    if (entry == nullptr)
        return;
    std::vector<std::vector<Instruction *>> blocks;
    for (BasicBlock &block : function) {
        blocks.emplace_back();
        for (Instruction &instruction : block)
            blocks.back().push_back(&instruction);
    }
    IRBuilder<> builder(&function.getEntryBlock(), function.getEntryBlock().begin());
    kept = builder.CreateAlloca(number);
    builder.CreateStore(builder.getInt64(0), kept);
    for (const std::vector<Instruction *> &block : blocks)
        addTo(block);
    DominatorTree dominators(function);
    PromoteMemToReg({kept}, dominators);
}

} // namespace

PreservedAnalyses CountInstructions::run(Function &function, FunctionAnalysisManager &) {
    Counter(function).add();
    return PreservedAnalyses::none();
}

} // namespace cinstr
