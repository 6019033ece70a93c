/* SPDX-License-Identifier: MIT */
/*
 * Decides which functions gcc's plugin instruments. They are marked before inlining, while the
 * options of their file are known: with link-time optimisation it is the linker's compiler that
 * adds the hooks. Called by instrument.cpp.
 */
#ifndef CINSTR_PLUGIN_GCC_SELECTION_H
#define CINSTR_PLUGIN_GCC_SELECTION_H

#include "gcc.h"

namespace cinstr {

/* Clears gcc's own option -finstrument-functions, so that gcc adds no hooks itself. Returns whether
 * it was given. */
bool takeOption();

/* Marks the function, unless the options or its attributes exclude it. */
void mark(tree function);

/* Whether the function is marked and may contain calls of hooks. */
bool isChosen(tree function);

} // namespace cinstr

#endif
