/* SPDX-License-Identifier: MIT */
/*
 * Which functions gcc's plugin instruments. They are marked before inlining, while the options of
 * their file are known: with link-time optimisation the calls are put in by the linker's compiler.
 * Called by instrument.cpp.
 */
#ifndef CINSTR_PLUGIN_GCC_SELECTION_H
#define CINSTR_PLUGIN_GCC_SELECTION_H

#include "gcc.h"

namespace cinstr {

/* Takes -finstrument-functions from gcc, which is to put in no hooks of its own. Returns whether
 * it was given. */
bool takeOption();

/* Marks the function unless the options or its attributes leave it out. */
void mark(tree function);

/* It is marked, and code of ours may stand in it. */
bool isChosen(tree function);

} // namespace cinstr

#endif
