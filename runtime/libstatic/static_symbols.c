/* SPDX-License-Identifier: MIT */
/*
 * libc's own functions for those that the recorder interposes, in a static program, where the
 * linker tells them apart (--wrap, see the Makefile). A member of libcinstr.a of its own, linked
 * only where those options ask for it; called by next_symbol() alone.
 */
#include <string.h>

#include "runtime/base/libc.h"

#define REAL(name) extern void __real_##name(void);
#define ROW(name)  {#name, __real_##name},
/* clang-format off */
#define NAMES(X)                                                                                   \
    X(setjmp) X(_setjmp) X(__sigsetjmp) X(longjmp) X(_longjmp) X(siglongjmp) X(__longjmp_chk)      \
    X(makecontext) X(swapcontext) X(setcontext) X(__cxa_begin_catch) X(pthread_setcanceltype)
/* clang-format on */

NAMES(REAL)
#pragma weak __real___cxa_begin_catch
#pragma weak __real_pthread_setcanceltype

static const struct {
    const char *name;
    void (*function)(void);
} symbols[] = {NAMES(ROW)};

void *cinstr_static_symbol(const char *name) {
    for (size_t i = 0; i < sizeof(symbols) / sizeof(symbols[0]); i++) {
        if (strcmp(symbols[i].name, name) == 0)
            return *(void *const *)&symbols[i].function;
    }
    return NULL;
}
