/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_BASE_LOAD_APART_H
#define CINSTR_RUNTIME_BASE_LOAD_APART_H

#include <stddef.h>

/* Opens one of our libraries with dlmopen(); NULL with one line in `text`. */
void *load_apart(const char *name, char *text, size_t size);

#endif
