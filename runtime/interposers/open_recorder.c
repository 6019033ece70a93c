/* SPDX-License-Identifier: MIT */
/* See open_recorder.h. */
#include "open_recorder.h"

#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define RECORDER "libcinstr.so.0"

void *open_recorder(void) {
    static const char here; /* in the library that this is part of */
    char path[4096];
    const char *slash;
    Dl_info info;
    if (dladdr(&here, &info) == 0 || info.dli_fname == NULL ||
        (slash = strrchr(info.dli_fname, '/')) == NULL ||
        (size_t)snprintf(path, sizeof(path), "%.*s/" RECORDER, (int)(slash - info.dli_fname),
                         info.dli_fname) >= sizeof(path))
        return dlopen(RECORDER, RTLD_NOW | RTLD_LOCAL);
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}
