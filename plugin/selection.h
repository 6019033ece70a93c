/* SPDX-License-Identifier: MIT */
/*
 * Decides which functions the plugin instruments, and how, by their properties, the list file
 * (-cinstr-list) and the other options. instrument.cpp asks once for each function, external.cpp
 * once for each call. It never changes the module.
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

/* Leaf: counted, and makes no calls. External: only in rules of the list. */
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
    /* How calls of a function without hooks are recorded: None, Timed or Counted. */
    Hooking external(llvm::StringRef name) const;
    /* Whether there may be such calls. */
    bool hasExternal() const;
    /* The run time that the list predicts, as a multiple of that without instrumentation. 0: it
     * predicts none. */
    double prediction() const;
    /* Whether it may be called before relocation. Such code cannot reach the thread's word, which
     * slots need. */
    bool isEarly(const llvm::Function &function) const;
    /* Whether its calls are recorded, wherever its body is. For the copy of a function that is
     * defined elsewhere hooking() is None, but the copy may be inlined. */
    bool isRecorded(const llvm::Function &function) const;
    bool isPossible(const llvm::Function &function) const; /* the plugin may add code to it */
    static bool isHook(const llvm::Function &function);
    /* Whether it is a call of a hook for the function that contains it. */
    static bool isOwnHook(const llvm::Instruction &instruction);

  private:
    Hooking asked(const llvm::Function &function) const;
    void readList(llvm::Module &module);
    void readExternal(llvm::Module &module);

    void addEarly(const llvm::Function &caller);

    std::set<const llvm::Function *> resolvers; /* of IFUNCs */
    std::set<const llvm::Function *> early;     /* what these call, directly or not */
    std::unique_ptr<llvm::MemoryBuffer> list;   /* the rules point into it */
    std::vector<Rule> rules;
    bool isOfLibc = false; /* all that libc exports is external */
};

} // namespace cinstr

#endif
