/* SPDX-License-Identifier: MIT */
/*
 * Writes the list's prediction into a module (cinstr/plugin_sections.h), so that the next profile
 * can say how far it was off. Called by instrument.cpp after it has instrumented.
 */
#ifndef CINSTR_PLUGIN_PREDICTION_H
#define CINSTR_PLUGIN_PREDICTION_H

#include "llvm/IR/Module.h"

namespace cinstr {

/* `predicted`: the run time of the program, as a multiple of that without instrumentation. */
void addPrediction(llvm::Module &module, double predicted);

} // namespace cinstr

#endif
