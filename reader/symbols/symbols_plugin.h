/* SPDX-License-Identifier: MIT */
/*
 * What the LLVM plugin writes into a file (cinstr/plugin_sections.h). Called by symbols.c on
 * request. Reads the module's own file, not its debug file.
 */
#ifndef CINSTR_READER_SYMBOLS_PLUGIN_H
#define CINSTR_READER_SYMBOLS_PLUGIN_H

#include "reader/base/error.h"
#include "symbols.h"
#include "symbols_file.h"

/* See symbols_instrumented(); addresses are the file's own. */
int instrumented_read(struct instrumented *functions, const struct symbols_file *file,
                      struct error *error);

/* 0: there is none, or no valid one. */
double prediction_read(const struct symbols_file *file);

#endif
