/* SPDX-License-Identifier: MIT */
/*
 * Whether a program's file has hooks and the recorder to go with them: why nothing of it was
 * recorded, or will be. Called by `cinstr run` and `cinstr cc`.
 */
#ifndef CINSTR_READER_SYMBOLS_HOOKS_H
#define CINSTR_READER_SYMBOLS_HOOKS_H

#include <stdbool.h>

struct symbols_hooks {
    bool is_elf;
    bool calls;        /* hooks that are in another file: libc has empty ones */
    bool defines;      /* hooks of its own, which are not cinstr's */
    bool has_recorder; /* cinstr's hooks, linked with the recorder */
};

struct symbols_hooks symbols_hooks_of(const char *path);

#endif
