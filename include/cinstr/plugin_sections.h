/* SPDX-License-Identifier: MIT */
/*
 * Sections that cinstr's LLVM plugin writes into each file for the reader. They are loaded with the
 * file, but only the reader looks at them.
 *
 * CINSTR_FUNCTION_TABLE has a word for each function that has hooks. The function's address is
 * the word plus the word's own address, so that the loader has nothing to relocate. A function may
 * have several words; their order means nothing.
 *
 * CINSTR_PREDICTION is the run time that the list of functions (`cinstr filter`) predicted, as a
 * multiple of a plain build's. Programs that were built without such a list do not have it.
 *
 * The names are C identifiers because the address sanitizer leaves sections with such names
 * alone.
 */
#ifndef CINSTR_PLUGIN_SECTIONS_H
#define CINSTR_PLUGIN_SECTIONS_H

#include <stdint.h>

#define CINSTR_FUNCTION_TABLE "cinstr_functions"
#define CINSTR_PREDICTION     "cinstr_prediction"

typedef int32_t cinstr_function_word;
typedef double cinstr_prediction_word;

#endif
