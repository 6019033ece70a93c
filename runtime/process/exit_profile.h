/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_EXIT_PROFILE_H
#define CINSTR_RUNTIME_PROCESS_EXIT_PROFILE_H

#include <stdbool.h>

/* Writes a profile of what is recorded so far. False, after printing a line, when it could not
 * be written. */
bool exit_profile_write_to(const char *kind, int fd);
/* Writes everything that the process leaves behind when it ends. */
void exit_profile_write(void);

#endif
