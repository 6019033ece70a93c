/* SPDX-License-Identifier: MIT */
/*
 * What cinstr's LLVM plugin leaves in each file for the reader, in sections that are loaded and
 * that nothing but the reader looks at.
 *
 * CINSTR_FUNCTION_TABLE: words, one for each function that has hooks. Address of the function = its
 * word + the word's own address, so that nothing is to be relocated when the file is loaded. A
 * function may have several words: the order means nothing.
 *
 * CINSTR_PREDICTION: how many times a plain build's run time the program was to take, by the list
 * that it was built with (`cinstr filter`). There is none without such a list.
 *
 * The names are identifiers of C because the address sanitizer leaves such sections alone.
 */
#ifndef CINSTR_PLUGIN_SECTIONS_H
#define CINSTR_PLUGIN_SECTIONS_H

#include <stdint.h>

#define CINSTR_FUNCTION_TABLE "cinstr_functions"
#define CINSTR_PREDICTION     "cinstr_prediction"

typedef int32_t cinstr_function_word;
typedef double cinstr_prediction_word;

#endif
