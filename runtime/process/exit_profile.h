/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_EXIT_PROFILE_H
#define CINSTR_RUNTIME_PROCESS_EXIT_PROFILE_H

#include <stdbool.h>

/* A profile of what is recorded so far. False: it could not be written, which has been said. */
bool exit_profile_write_to(const char *kind, int fd);
/* All that the process leaves behind when it ends. */
void exit_profile_write(void);

#endif
