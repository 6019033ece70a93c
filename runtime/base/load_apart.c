/* SPDX-License-Identifier: MIT */
/*
 * Loads a library of cinstr into a linker namespace of its own, with its own C library: a program
 * that has its own zlib, protobuf or allocator can neither capture nor see what that library does.
 * Cold.
 */
#include "load_apart.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

#include "state.h"

/* Takes the library beside this one if there is one, as in a build tree. dlmopen() is looked up
 * by name: a static program that refers to it gets a warning from the linker, and cannot use it. */
void *load_apart(const char *name, char *text, size_t size) {
    void *(*open_in)(Lmid_t, const char *, int);
    char path[512];
    Dl_info info;
    void *library = NULL;
    const char *slash = NULL;

    *(void **)&open_in = dlsym(RTLD_DEFAULT, "dlmopen");
    if (open_in == NULL) {
        snprintf(text, size, "a static program cannot load %s", name);
        return NULL;
    }
    if (dladdr((void *)&process_state, &info) != 0 && info.dli_fname != NULL)
        slash = strrchr(info.dli_fname, '/');
    if (slash != NULL &&
        (size_t)snprintf(path, sizeof(path), "%.*s/%s", (int)(slash - info.dli_fname),
                         info.dli_fname, name) < sizeof(path)) {
        library = open_in(LM_ID_NEWLM, path, RTLD_NOW | RTLD_LOCAL);
    }
    if (library == NULL)
        library = open_in(LM_ID_NEWLM, name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        library = open_in(LM_ID_BASE, name, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL)
        snprintf(text, size, "%s", dlerror());
    return library;
}
