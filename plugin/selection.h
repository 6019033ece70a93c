/* SPDX-License-Identifier: MIT */
/*
 * Which functions the plugin instruments, and what for: by what they are, by the list file
 * (-cinstr-list) and the other options. Called by instrument.cpp once a function, and by
 * external.cpp once a call; never changes the module.
 */
#ifndef CINSTR_PLUGIN_SELECTION_H
#define CINSTR_PLUGIN_SELECTION_H

#include <memory>
#include <set>
#include <vector>

#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/GlobPattern.h"
#include "llvm/Support/MemoryBuffer.h"

namespace cinstr {

/* Leaf: counted, and without calls of its own. External: in the list alone. */
enum class Hooking { None, Timed, Counted, Leaf, External };

/* A line of the list. */
struct Rule {
    Hooking hooking;
    bool isOfSource;
    llvm::GlobPattern pattern;
};

class Selection {
  public:
    explicit Selection(llvm::Module &module);
    Hooking hooking(const llvm::Function &function) const;
    /* What the call of a function without hooks is to have around it: none, or to be timed or
     * counted. */
    Hooking external(llvm::StringRef name) const;
    /* Whether there may be such calls. */
    bool hasExternal() const;
    /* Of the program's run time, in plain runs', as the list states it; 0: it does not. */
    double prediction() const;
    /* Its calls are, wherever its body is: `hooking` of a copy of what is defined elsewhere is
     * None, but the copy may be inlined. */
    bool isRecorded(const llvm::Function &function) const;
    bool isPossible(const llvm::Function &function) const; /* code of ours may stand in it */
    static bool isHook(const llvm::Function &function);
    /* A call of a hook, for the very function that it stands in. */
    static bool isOwnHook(const llvm::Instruction &instruction);

  private:
    Hooking asked(const llvm::Function &function) const;
    void readList(llvm::Module &module);
    void readExternal(llvm::Module &module);

    void addEarly(const llvm::Function &caller);

    std::set<const llvm::Function *> resolvers; /* of IFUNCs */
    std::set<const llvm::Function *> early;     /* what these call, by whatever way */
    std::unique_ptr<llvm::MemoryBuffer> list;   /* the rules point into it */
    std::vector<Rule> rules;
    bool isOfLibc = false; /* all that libc exports is external */
};

} // namespace cinstr

#endif
