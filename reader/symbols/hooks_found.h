/* SPDX-License-Identifier: MIT */
/*
 * Whether a program's file has hooks and the recorder to go with them: why nothing of it was
 * recorded, or will be. Called by `cinstr run` and `cinstr cc`.
 */
#ifndef CINSTR_READER_HOOKS_FOUND_H
#define CINSTR_READER_HOOKS_FOUND_H

#include <stdbool.h>

struct hooks_found {
    bool is_elf;
    bool calls;         /* hooks that are in another file: libc has empty ones */
    bool defines;       /* hooks of its own, which are not cinstr's */
    bool has_recorder;  /* cinstr's hooks, linked with the recorder */
    char redefined[16]; /* a function of its own that <ctype.h> or <wchar.h> declares; "" none */
};

struct hooks_found hooks_found_in(const char *path);

#endif
