/* SPDX-License-Identifier: MIT */
/*
 * What the LLVM plugin leaves in a file (cinstr/plugin_sections.h). Called by symbols.c when it is
 * asked for it. The module's own file is read, not its debug file.
 */
#ifndef CINSTR_READER_SYMBOLS_PLUGIN_H
#define CINSTR_READER_SYMBOLS_PLUGIN_H

#include "reader/base/error.h"
#include "symbols.h"
#include "symbols_file.h"

/* See symbols_instrumented(); addresses are the file's own. */
int instrumented_read(struct instrumented *functions, const struct symbols_file *file,
                      struct error *error);

/* 0: none, or one that cannot be. */
double prediction_read(const struct symbols_file *file);

#endif
