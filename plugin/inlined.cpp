/* SPDX-License-Identifier: MIT */
/*
 * Marks that become counts of inlined calls (see inlined.h). A mark is a call that no pass may drop
 * or duplicate: it writes memory that nothing else uses, so that it prevents few optimisations, and
 * the inliner counts it as free. (LLVM's own marker for such purposes, llvm.pseudoprobe, prevents
 * nothing and is dropped wherever it would.) It refers to a description of its function and not to
 * the function, which may vanish.
 *
 * Of the function's own marks that run in one activation, the first is the original one and belongs
 * to the function's hook. The others came from inlining the function into itself, or from a tail
 * call that became a loop.
 */
#include "inlined.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include <cinstr/inlined.h>

#include "llvm/ADT/SmallString.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/Dominators.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Path.h"
#include "llvm/Transforms/Utils/BasicBlockUtils.h"
#include "llvm/Transforms/Utils/PromoteMemToReg.h"

using namespace llvm;

namespace cinstr {

static cl::opt<bool> isAsked("cinstr-inlined",
                             cl::desc("cinstr: count inlined calls, too, where they were inlined"));

bool isInlinedWanted() {
    return isAsked;
}

/* Each function has a declaration of its own for its mark, which is never left in an object
 * file. With one name and an argument that says whose mark it is, two marks in the arms of a
 * branch could be merged. */
static const char markName[] = "cinstr1_inlined_here";
static const char described[] = "cinstr"; /* a mark's metadata: the description of its function */
static const char ownMark[] = "cinstr-inlined"; /* a function's attribute: the name of its mark */

/* --- the description of a function ------------------------------------------------------------ */

static std::string pathOf(const DIFile *file) {
    SmallString<256> path;

    if (file == nullptr)
        return "";
    if (!sys::path::is_absolute(file->getFilename()))
        path = file->getDirectory();
    sys::path::append(path, file->getFilename());
    return path.str().str();
}

static Constant *describe(LLVMContext &context, StringRef name, const DISubprogram *subprogram) {
    const std::string file = subprogram == nullptr ? "" : pathOf(subprogram->getFile());
    const uint32_t line = subprogram == nullptr ? 0 : subprogram->getLine();
    const std::string text = name.str() + '\0' + file;

    return ConstantStruct::getAnon({ConstantInt::get(Type::getInt32Ty(context), line),
                                    ConstantDataArray::getString(context, text)});
}

static GlobalVariable *addToSection(Module &module, Type *type, Constant *value, uint64_t align,
                                    const char *name) {
    auto *variable =
        new GlobalVariable(module, type, true, GlobalValue::PrivateLinkage, value, name);

    variable->setSection(INLINED_SECTION);
    variable->setAlignment(Align(align));
    return variable;
}

/* --- before inlining -------------------------------------------------------------------------- */

static Function *addMark(Module &module, Constant *description) {
    LLVMContext &context = module.getContext();
    Function *mark = Function::Create(FunctionType::get(Type::getVoidTy(context), false),
                                      GlobalValue::ExternalLinkage, markName, module);

    mark->setOnlyAccessesInaccessibleMemory();
    for (const Attribute::AttrKind kind :
         {Attribute::NoUnwind, Attribute::WillReturn, Attribute::NoSync, Attribute::NoFree,
          Attribute::NoRecurse, Attribute::NoCallback})
        mark->addFnAttr(kind);
    mark->setMetadata(described, MDNode::get(context, ConstantAsMetadata::get(description)));
    return mark;
}

void markEntry(Function &function) {
    LLVMContext &context = function.getContext();
    const StringRef name = GlobalValue::dropLLVMManglingEscape(function.getName());
    DISubprogram *subprogram = function.getSubprogram();
    Function *mark = addMark(*function.getParent(), describe(context, name, subprogram));
    IRBuilder<> builder(&function.getEntryBlock(), function.getEntryBlock().getFirstInsertionPt());

    if (subprogram != nullptr)
        builder.SetCurrentDebugLocation(
            DILocation::get(context, subprogram->getScopeLine(), 0, subprogram));
    builder.CreateCall(mark)->addFnAttr(Attribute::get(context, "call-inline-cost", "0"));
    function.addFnAttr(ownMark, mark->getName());
}

/* --- after inlining --------------------------------------------------------------------------- */

namespace {

bool isMark(const Function *function) {
    return function != nullptr && function->hasMetadata(described);
}

class Records {
  public:
    explicit Records(Module &counted);
    void count(CallInst *mark);

  private:
    using Key = std::tuple<GlobalVariable *, GlobalVariable *, unsigned, bool>;

    GlobalVariable *function(Constant *description);
    GlobalVariable *function(const DISubprogram *subprogram);
    GlobalVariable *record(GlobalVariable *callee, const DILocation *call, bool isOpen);
    GlobalVariable *add(GlobalVariable *callee, GlobalVariable *caller, unsigned line, bool isOpen);
    const DILocation *recordedCall(const DILocation *call) const;

    Module &module;
    std::set<const DISubprogram *> marked;            /* functions whose calls are recorded */
    std::map<Constant *, GlobalVariable *> functions; /* records by their contents */
    std::map<Key, GlobalVariable *> records;
};

bool isMark(const Instruction &instruction) {
    const auto *call = dyn_cast<CallInst>(&instruction);
    return call != nullptr && isMark(call->getCalledFunction());
}

Records::Records(Module &counted) : module(counted) {
    for (const Function &function : module) {
        for (const Instruction &instruction : instructions(function)) {
            if (isMark(instruction) && instruction.getDebugLoc())
                marked.insert(instruction.getDebugLoc()->getScope()->getSubprogram());
        }
    }
}

GlobalVariable *Records::function(Constant *description) {
    GlobalVariable *&known = functions[description];

    if (known == nullptr)
        known = addToSection(module, description->getType(), description,
                             alignof(struct inlined_function), "cinstr.function");
    return known;
}

GlobalVariable *Records::function(const DISubprogram *subprogram) {
    const StringRef name =
        subprogram->getLinkageName().empty() ? subprogram->getName() : subprogram->getLinkageName();

    return function(describe(module.getContext(), name, subprogram));
}

GlobalVariable *Records::add(GlobalVariable *callee, GlobalVariable *caller, unsigned line,
                             bool isOpen) {
    LLVMContext &context = module.getContext();
    Type *number = Type::getInt32Ty(context), *address = Type::getInt64Ty(context);
    auto *type = StructType::get(context, {number, number, number, number});
    GlobalVariable *record =
        addToSection(module, type, nullptr, sizeof(struct inlined_call), "cinstr.inlined");
    auto distance = [&](GlobalVariable *to) {
        return ConstantExpr::getTrunc(
            ConstantExpr::getSub(ConstantExpr::getPtrToInt(to, address),
                                 ConstantExpr::getPtrToInt(record, address)),
            number);
    };

    record->setInitializer(ConstantStruct::get(
        type, {distance(callee), caller == nullptr ? ConstantInt::get(number, 0) : distance(caller),
               ConstantInt::get(number, line), ConstantInt::get(number, isOpen)}));
    return record;
}

/* Lines of another file than the function's, such as that of a macro, cannot be expressed. */
unsigned lineOf(const DILocation *call) {
    return call->getFile() == call->getScope()->getSubprogram()->getFile() ? call->getLine() : 0;
}

/* As for functions that are not inlined, one without hooks is left out: its calls become its
 * caller's, at the line where the caller calls it. */
const DILocation *Records::recordedCall(const DILocation *call) const {
    while (call != nullptr && call->getInlinedAt() != nullptr &&
           marked.count(call->getScope()->getSubprogram()) == 0)
        call = call->getInlinedAt();
    return call;
}

/* `call`: where the callee was inlined; nullptr: unknown. */
GlobalVariable *Records::record(GlobalVariable *callee, const DILocation *call, bool isOpen) {
    call = recordedCall(call);
    const DILocation *outer = call == nullptr ? nullptr : call->getInlinedAt();
    GlobalVariable *caller =
        outer == nullptr ? nullptr
                         : record(function(call->getScope()->getSubprogram()), outer, isOpen);
    const unsigned line = call == nullptr ? 0 : lineOf(call);
    GlobalVariable *&known = records[Key(callee, caller, line, isOpen)];

    if (known == nullptr)
        known = add(callee, caller, line, isOpen);
    return known;
}

void Records::count(CallInst *mark) {
    Type *pointer = PointerType::get(Type::getInt8Ty(module.getContext()), 0);
    IRBuilder<> builder(mark);
    const auto *description = cast<ConstantAsMetadata>(
        mark->getCalledFunction()->getMetadata(described)->getOperand(0).get());
    const DILocation *location = mark->getDebugLoc().get();
    GlobalVariable *counted = record(function(description->getValue()),
                                     location == nullptr ? nullptr : location->getInlinedAt(),
                                     mark->getFunction()->hasFnAttribute(ownMark));
    auto *type = FunctionType::get(Type::getVoidTy(module.getContext()), {pointer, pointer}, false);
    Value *callSite = builder.CreateIntrinsic(Intrinsic::returnaddress, {}, builder.getInt32(0));

    builder
        .CreateCall(module.getOrInsertFunction("cinstr1_count_leaf", type),
                    {ConstantExpr::getPointerCast(counted, pointer), callSite})
        ->setDoesNotThrow();
    mark->eraseFromParent();
}

/* Their position does not tell which of the function's own marks runs first in an activation:
 * they are counted if a flag says that one has run before. */
void skipFirst(Function &function, const std::vector<CallInst *> &own) {
    IRBuilder<> builder(&function.getEntryBlock(), function.getEntryBlock().begin());
    AllocaInst *entered = builder.CreateAlloca(builder.getInt1Ty());

    builder.CreateStore(builder.getFalse(), entered);
    for (CallInst *mark : own) {
        builder.SetInsertPoint(mark);
        Value *again = builder.CreateLoad(builder.getInt1Ty(), entered);
        builder.CreateStore(builder.getTrue(), entered);
        mark->moveBefore(SplitBlockAndInsertIfThen(again, mark, false));
    }
    DominatorTree dominators(function);
    PromoteMemToReg({entered}, dominators);
}

/* Removes the function's own entry from its marks. */
void takeOwn(Function &function, std::vector<CallInst *> &marks) {
    const StringRef name = function.getFnAttribute(ownMark).getValueAsString();
    std::vector<CallInst *> own;

    for (CallInst *mark : marks) {
        if (mark->getCalledFunction()->getName() == name)
            own.push_back(mark);
    }
    if (own.empty())
        return;
    if (own.front()->getParent() != &function.getEntryBlock()) {
        skipFirst(function, own);
        return;
    }
    marks.erase(std::find(marks.begin(), marks.end(), own.front()));
    own.front()->eraseFromParent();
}

std::vector<CallInst *> findMarks(Function &function) {
    std::vector<CallInst *> marks;

    for (Instruction &instruction : instructions(function)) {
        if (isMark(instruction))
            marks.push_back(cast<CallInst>(&instruction));
    }
    return marks;
}

} // namespace

void countInlined(Module &module, const Selection &selection) {
    Records records(module);

    for (Function &function : module) {
        std::vector<CallInst *> marks = findMarks(function);
        takeOwn(function, marks);
        for (CallInst *mark : marks) {
            if (selection.isPossible(function))
                records.count(mark);
            else
                mark->eraseFromParent();
        }
    }
    for (Function &function : make_early_inc_range(module)) {
        if (isMark(&function))
            function.eraseFromParent();
    }
}

} // namespace cinstr
