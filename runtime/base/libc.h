/* SPDX-License-Identifier: MIT */
/* The functions of libc that the recorder's interposed functions call. */
#ifndef CINSTR_RUNTIME_BASE_LIBC_H
#define CINSTR_RUNTIME_BASE_LIBC_H

/* libc's function of that name; NULL when there is none. A static program has those of
 * static_symbols.c if it is linked with libcinstr.static, otherwise none. */
void *next_symbol(const char *name);

/* In static_symbols.c: a function of libc's own, NULL when there is none of that name. */
void *cinstr_static_symbol(const char *name);

#endif
