/* SPDX-License-Identifier: MIT */
/* Which compiler a command line runs. Called by the cc command. */
#ifndef CINSTR_CLI_CC_COMPILER_H
#define CINSTR_CLI_CC_COMPILER_H

#include <stdbool.h>

/* The compiler's name among the words of a command line: what is not a launcher (ccache, distcc). */
char *const *cc_compiler_find(char *const *words);

/* By its name, or by what `cc` is a link to. */
bool cc_compiler_is_clang(const char *compiler);

#endif
