/* SPDX-License-Identifier: MIT */
/*
 * The table of instrumented functions that the LLVM plugin leaves in a file
 * (cinstr/function_table.h). Called by symbols.c when it is asked for one.
 */
#ifndef CINSTR_READER_SYMBOLS_INSTRUMENTED_H
#define CINSTR_READER_SYMBOLS_INSTRUMENTED_H

#include "error.h"
#include "symbols.h"
#include "symbols_file.h"

/* Of the module's own file, not its debug file; see symbols_instrumented(). Addresses are the
 * file's own. */
int instrumented_read(struct instrumented *functions, const struct symbols_file *file,
                      struct error *error);

#endif
