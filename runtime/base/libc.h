/* SPDX-License-Identifier: MIT */
/* The functions of libc behind those that the recorder interposes. */
#ifndef CINSTR_RUNTIME_BASE_LIBC_H
#define CINSTR_RUNTIME_BASE_LIBC_H

/* NULL when there is none. Static programs have those of static_symbols.c, if they are linked with
 * libcinstr.static, else none. */
void *next_symbol(const char *name);

/* In static_symbols.c: a function of libc's own, NULL when there is none of that name. */
void *cinstr_static_symbol(const char *name);

#endif
