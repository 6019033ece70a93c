/* SPDX-License-Identifier: MIT */
/*
 * Which functions gcc is told to leave without hooks: the inline ones of the system's headers.
 * Called by `cinstr cc`.
 */
#ifndef CINSTR_CLI_CC_EXCLUDE_H
#define CINSTR_CLI_CC_EXCLUDE_H

/* The option -finstrument-functions-exclude-file-list=..., static. gcc goes by the place where a
 * function was declared first, so that what a program defines itself would be left out, too, where
 * a header declares it: of libc's, only those are in the list that hold inline functions. */
const char *cc_exclude_option(void);

#endif
