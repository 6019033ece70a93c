/* SPDX-License-Identifier: MIT */
/*
 * The table of instrumented functions that cinstr's LLVM plugin leaves in each module, for the
 * reader: a section of words, one for each function that has hooks. Address of the function = its
 * word + the word's own address, so that nothing is to be relocated when the module is loaded.
 * A function may have several words: the order means nothing.
 *
 * The section's name is an identifier of C because the address sanitizer leaves such sections
 * alone.
 */
#ifndef CINSTR_FUNCTION_TABLE_H
#define CINSTR_FUNCTION_TABLE_H

#include <stdint.h>

#define CINSTR_FUNCTION_TABLE "cinstr_functions"

typedef int32_t cinstr_function_word;

#endif
