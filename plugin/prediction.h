/* SPDX-License-Identifier: MIT */
/*
 * Leaves in a module what the list predicted (cinstr/plugin_sections.h), so that the next profile
 * can say how it came out. Called by instrument.cpp once it has instrumented.
 */
#ifndef CINSTR_PLUGIN_PREDICTION_H
#define CINSTR_PLUGIN_PREDICTION_H

#include "llvm/IR/Module.h"

namespace cinstr {

void addPrediction(llvm::Module &module, double predicted);

} // namespace cinstr

#endif
