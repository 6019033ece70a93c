/* SPDX-License-Identifier: MIT */
/* libc's own functions in a static program. */
#ifndef CINSTR_RUNTIME_LIBSTATIC_STATIC_SYMBOLS_H
#define CINSTR_RUNTIME_LIBSTATIC_STATIC_SYMBOLS_H

/* NULL when there is none of that name. */
void *cinstr_static_symbol(const char *name);

#endif
