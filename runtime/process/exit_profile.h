/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_PROCESS_EXIT_PROFILE_H
#define CINSTR_RUNTIME_PROCESS_EXIT_PROFILE_H

#include <stddef.h>

int exit_profile_write_to(const char *kind, int fd, char *text, size_t size);
void exit_profile_write(void);

#endif
