/* SPDX-License-Identifier: MIT */
/*
 * Which functions the plugin instruments. Called by instrument.cpp once a function; never changes
 * the module.
 */
#ifndef CINSTR_PLUGIN_SELECTION_H
#define CINSTR_PLUGIN_SELECTION_H

#include <set>

#include "llvm/IR/Function.h"
#include "llvm/IR/Module.h"

namespace cinstr {

class Selection {
  public:
    explicit Selection(const llvm::Module &module);
    bool includes(const llvm::Function &function) const;
    static bool isHook(const llvm::Function &function);

  private:
    std::set<const llvm::Function *> resolvers; /* of IFUNCs */
};

} // namespace cinstr

#endif
