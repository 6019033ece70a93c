/* SPDX-License-Identifier: MIT */
/* The functions of libc that the recorder's interposed functions call. */
#include "libc.h"

#include <dlfcn.h>
#include <stddef.h>

#pragma weak cinstr_static_symbol

void *next_symbol(const char *name) {
    return cinstr_static_symbol != NULL ? cinstr_static_symbol(name) : dlsym(RTLD_NEXT, name);
}
