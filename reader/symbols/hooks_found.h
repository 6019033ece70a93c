/* SPDX-License-Identifier: MIT */
/*
 * Whether a program's file has hooks, and the recorder with them: tells why nothing of the program
 * was, or will be, recorded. Called by `cinstr run` and `cinstr cc`.
 */
#ifndef CINSTR_READER_HOOKS_FOUND_H
#define CINSTR_READER_HOOKS_FOUND_H

#include <stdbool.h>

struct hooks_found {
    bool is_elf;
    bool calls;         /* it calls hooks of another file: libc has empty ones */
    bool defines;       /* it has hooks of its own, which are not cinstr's */
    bool has_recorder;  /* it has cinstr's hooks, linked with the recorder */
    char redefined[16]; /* its own function that <ctype.h> or <wchar.h> declares; "" none */
};

struct hooks_found hooks_found_in(const char *path);

#endif
