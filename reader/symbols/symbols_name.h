/* SPDX-License-Identifier: MIT */
/*
 * Turns a symbol into the name that its author gave the function. Called by symbols.c once for each
 * function.
 */
#ifndef CINSTR_READER_SYMBOLS_NAME_H
#define CINSTR_READER_SYMBOLS_NAME_H

#include "reader/base/arena.h"

/* Demangles C++ names and keeps others, without what compiler and linker append (".cold",
 * ".constprop.0", "@@VERSION"). NULL when out of memory. */
const char *symbols_name_make(struct profile_arena *arena, const char *symbol);

#endif
