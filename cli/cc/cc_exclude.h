/* SPDX-License-Identifier: MIT */
/*
 * Which functions gcc leaves without hooks: the inline functions of the system's headers. Called by
 * `cinstr cc`.
 */
#ifndef CINSTR_CLI_CC_EXCLUDE_H
#define CINSTR_CLI_CC_EXCLUDE_H

/* The option -finstrument-functions-exclude-file-list=..., in static memory. gcc goes by the
 * file that declares a function first. A function that the program itself defines would be left
 * out too if a listed header declares it; so the list has only those headers of libc that define
 * inline functions. */
const char *cc_exclude_option(void);

#endif
