/* SPDX-License-Identifier: MIT */
/*
 * Counts calls by child slots (cinstr/slots.h). Called by instrument.cpp once a function.
 */
#ifndef CINSTR_PLUGIN_SLOTS_H
#define CINSTR_PLUGIN_SLOTS_H

#include <vector>

#include "llvm/IR/DebugLoc.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"

namespace cinstr {

class Slots {
  public:
    explicit Slots(llvm::Module &counted);
    /* `addExits` has to call its argument at each exit of the function. */
    template <typename AddExits> void addTo(llvm::Function &function, AddExits addExits) {
        const std::vector<llvm::CallBase *> calls = findCalls(function);
        llvm::Value *slot = enter(function, calls);
        if (!calls.empty())
            addExits([&](llvm::IRBuilder<> &builder) { put(builder, slot); });
    }

  private:
    static std::vector<llvm::CallBase *> findCalls(llvm::Function &function);
    llvm::Value *enter(llvm::Function &function, const std::vector<llvm::CallBase *> &calls);
    llvm::PHINode *findPlace(llvm::Instruction *at, llvm::Function &function, llvm::Value *&slot,
                             uint64_t calls);
    void count(llvm::IRBuilder<> &builder, llvm::Value *place);
    llvm::Value *word(llvm::IRBuilder<> &builder);
    void put(llvm::IRBuilder<> &builder, llvm::Value *slot);
    llvm::Value *field(llvm::IRBuilder<> &builder, llvm::Value *place, uint64_t offset,
                       llvm::Type *type);

    llvm::Module &module;
    llvm::Type *number, *byte, *pointer;
    llvm::GlobalVariable *current;
    llvm::FunctionCallee other;
};

} // namespace cinstr

#endif
