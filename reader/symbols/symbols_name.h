/* SPDX-License-Identifier: MIT */
/*
 * From a symbol to the name that its author gave the function. Called by symbols.c once a function.
 */
#ifndef CINSTR_READER_SYMBOLS_NAME_H
#define CINSTR_READER_SYMBOLS_NAME_H

#include "reader/base/arena.h"

/* C++ names demangled, others as they are; without what compiler and linker hang on (".cold",
 * ".constprop.0", "@@VERSION"). NULL when out of memory. */
const char *symbols_name_make(struct profile_arena *arena, const char *symbol);

#endif
