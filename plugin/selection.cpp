/* SPDX-License-Identifier: MIT */
/*
 * Decides which functions get hooks. Code that runs before relocation, in an interrupt or without
 * a frame cannot have any. Functions with the attribute no_instrument_function are not marked by
 * clang, see instrument.cpp. For all others the options decide; a function's annotation overrides
 * them, and the last line of the list that matches overrides both.
 */
#include "selection.h"

#include <algorithm>

#include "llvm/Analysis/CFG.h"
#include "llvm/IR/CallingConv.h"
#include "llvm/IR/DebugInfoMetadata.h"
#include "llvm/IR/GlobalIFunc.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/IntrinsicInst.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/LineIterator.h"

#include "annotation.h"
#include "instructions.h"

using namespace llvm;

namespace cinstr {

static cl::opt<std::string> listFile(
    "cinstr-list", cl::value_desc("file"),
    cl::desc("cinstr: what to time, count or skip: lines `count fun:GLOB`, `skip src:GLOB`"));
static cl::list<std::string>
    externals("cinstr-external", cl::value_desc("libc|glob,..."), cl::CommaSeparated,
              cl::desc("cinstr: time calls of these functions, which have no hooks of their own"));
static cl::opt<bool> countAll("cinstr-count", cl::desc("cinstr: count all functions, time none"));
static cl::opt<unsigned>
    leafSize("cinstr-count-leaves", cl::value_desc("instructions"), cl::init(0),
             cl::desc("cinstr: count functions of at most this size without loops and calls"));

/* --- the list --------------------------------------------------------------------------------- */

static bool parseHooking(StringRef word, Hooking &hooking) {
    if (word == "time")
        hooking = Hooking::Timed;
    else if (word == "count")
        hooking = Hooking::Counted;
    else if (word == "skip")
        hooking = Hooking::None;
    else if (word == "external")
        hooking = Hooking::External;
    else
        return false;
    return true;
}

/* Returns nullptr, or what is wrong with the pattern. */
static const char *addRule(Hooking hooking, bool isOfSource, StringRef pattern,
                           std::vector<Rule> &rules) {
    Expected<GlobPattern> glob = GlobPattern::create(pattern);

    if (!glob) {
        consumeError(glob.takeError());
        return "is not a glob pattern";
    }
    rules.push_back({hooking, isOfSource, std::move(*glob)});
    return nullptr;
}

static const char *parseRule(StringRef line, std::vector<Rule> &rules) {
    const auto words = line.trim().split(' ');
    StringRef pattern = words.second.trim();
    Hooking hooking;

    if (!parseHooking(words.first, hooking))
        return "must begin with time, count, skip or external";
    const bool isOfSource = pattern.consume_front("src:");
    if (!isOfSource && !pattern.consume_front("fun:"))
        return "must name fun: or src:";
    if (isOfSource && hooking == Hooking::External)
        return "must name fun:, since the source of an external function is not known";
    return addRule(hooking, isOfSource, pattern, rules);
}

void Selection::readList(Module &module) {
    ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(listFile);

    if (!buffer) {
        module.getContext().emitError("cinstr: cannot read " + listFile + ": " +
                                      buffer.getError().message());
        return;
    }
    list = std::move(*buffer);
    for (line_iterator line(*list, true, '#'); !line.is_at_eof(); ++line) {
        if (const char *wrong = parseRule(*line, rules))
            module.getContext().emitError("cinstr: " + listFile + ":" + Twine(line.line_number()) +
                                          ": " + wrong);
    }
}

/* They come before the list, which has the last word. */
void Selection::readExternal(Module &module) {
    for (const std::string &one : externals) {
        const char *wrong = one == "libc" ? nullptr : addRule(Hooking::External, false, one, rules);
        isOfLibc = isOfLibc || one == "libc";
        if (wrong != nullptr)
            module.getContext().emitError("cinstr: -cinstr-external: " + one + " " + wrong);
    }
}

/* The list has the names that the build machine's C library exports, sorted by their bytes. */
static bool isInLibc(StringRef name) {
    static const char *const names[] = {
#include "libc_names.inc"
    };
    return std::binary_search(std::begin(names), std::end(names), name,
                              [](StringRef a, StringRef b) { return a < b; });
}

/* `cinstr filter` writes the prediction into the list, as a comment. */
double Selection::prediction() const {
    double predicted = 0;

    if (list != nullptr &&
        list->getBuffer().split("# predicted: ").second.split('\n').first.getAsDouble(predicted))
        predicted = 0;
    return predicted;
}

static bool fits(const Rule &rule, const Function &function) {
    if (rule.isOfSource) {
        const DISubprogram *subprogram = function.getSubprogram();
        return rule.pattern.match(subprogram != nullptr
                                      ? subprogram->getFilename()
                                      : function.getParent()->getSourceFileName());
    }
    /* The optimiser's versions of f are called f.something. */
    return rule.pattern.match(function.getName()) ||
           rule.pattern.match(function.getName().split('.').first);
}

/* --- functions -------------------------------------------------------------------------------- */

Selection::Selection(Module &module) {
    for (const GlobalIFunc &ifunc : module.ifuncs()) {
        const auto *resolver = dyn_cast<Function>(ifunc.getOperand(0)->stripPointerCasts());
        if (resolver != nullptr)
            resolvers.insert(resolver);
    }
    for (const Function *resolver : resolvers)
        addEarly(*resolver);
    readExternal(module);
    if (!listFile.empty())
        readList(module);
}

void Selection::addEarly(const Function &caller) {
    for (const Instruction &instruction : instructions(caller)) {
        const auto *call = dyn_cast<CallBase>(&instruction);
        const Function *callee = call == nullptr ? nullptr : call->getCalledFunction();
        if (callee != nullptr && !callee->isDeclaration() && early.insert(callee).second)
            addEarly(*callee);
    }
}

bool Selection::isHook(const Function &function) {
    return function.getName().find("__cyg_profile_func_") == 0 ||
           function.getName().find("cinstr1_") == 0;
}

bool Selection::isOwnHook(const Instruction &instruction) {
    const auto *call = dyn_cast<CallBase>(&instruction);
    const Function *hook = call == nullptr ? nullptr : call->getCalledFunction();

    if (hook == nullptr || !isHook(*hook))
        return false;
    const unsigned self = hook->getName() == "cinstr1_enter_place" ? 1 : 0;
    return call->arg_size() >= 2 &&
           call->getArgOperand(self)->stripPointerCasts() == instruction.getFunction();
}

static bool isInterruptHandler(const Function &function) {
    return function.getCallingConv() == CallingConv::X86_INTR ||
           function.hasFnAttribute("interrupt");
}

/* By target("general-regs-only"), or by the options of a whole file, as in kernels. */
static bool isGeneralRegistersOnly(const Function &function) {
    const StringRef features = function.getFnAttribute("target-features").getValueAsString();
    return features.contains("-x87") || features.contains("-fp-armv8");
}

bool Selection::isPossible(const Function &function) const {
    return !function.isDeclaration() && !function.hasFnAttribute(Attribute::Naked) &&
           !isHook(function) && !isInterruptHandler(function) &&
           !isGeneralRegistersOnly(function) && resolvers.count(&function) == 0;
}

/* Copying memory is work of any length, and may be a call after all. */
static bool isCall(const Instruction &instruction) {
    return isa<CallBase>(instruction) &&
           (!isa<IntrinsicInst>(instruction) || isa<MemIntrinsic>(instruction));
}

static bool hasCalls(const Function &function) {
    for (const Instruction &instruction : instructions(function)) {
        if (isCall(instruction))
            return true;
    }
    return false;
}

static bool isSmallLeaf(const Function &function) {
    SmallVector<std::pair<const BasicBlock *, const BasicBlock *>, 4> loops;
    unsigned size = 0;

    if (leafSize == 0 || hasCalls(function))
        return false;
    for (const Instruction &instruction : instructions(function))
        size += !isa<DbgInfoIntrinsic>(instruction);
    FindFunctionBackedges(function, loops);
    return size <= leafSize && loops.empty();
}

Hooking Selection::asked(const Function &function) const {
    Hooking hooking = countAll || isSmallLeaf(function) ? Hooking::Counted : Hooking::Timed;

    parseHooking(annotation(function), hooking);
    for (const Rule &rule : rules) {
        if (rule.hooking != Hooking::External && fits(rule, function))
            hooking = rule.hooking;
    }
    return hooking;
}

bool Selection::isEarly(const Function &function) const {
    return early.count(&function) != 0;
}

bool Selection::isRecorded(const Function &function) const {
    return isPossible(function) && asked(function) != Hooking::None;
}

Hooking Selection::hooking(const Function &function) const {
    if (!isRecorded(function) || function.hasAvailableExternallyLinkage())
        return Hooking::None;
    Hooking hooking = asked(function);
    if (hooking == Hooking::Counted && isEarly(function))
        hooking = Hooking::Timed;
    /* A leaf's hook opens no context that its instructions could be counted in. */
    return hooking == Hooking::Counted && !hasCalls(function) && !CountInstructions::isWanted()
               ? Hooking::Leaf
               : hooking;
}

bool Selection::hasExternal() const {
    return isOfLibc || std::any_of(rules.begin(), rules.end(), [](const Rule &rule) {
               return rule.hooking == Hooking::External;
           });
}

Hooking Selection::external(StringRef name) const {
    bool isAsked = isOfLibc && isInLibc(name);
    Hooking hooking = countAll ? Hooking::Counted : Hooking::Timed;

    for (const Rule &rule : rules) {
        if (rule.isOfSource || !rule.pattern.match(name))
            continue;
        if (rule.hooking == Hooking::External || rule.hooking == Hooking::None)
            isAsked = rule.hooking == Hooking::External;
        else
            hooking = rule.hooking;
    }
    return isAsked ? hooking : Hooking::None;
}

} // namespace cinstr
