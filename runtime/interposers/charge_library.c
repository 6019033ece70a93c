/* SPDX-License-Identifier: MIT */
/* See charge_library.h. */
#include "charge_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <unistd.h>

#include "open_recorder.h"

#define SYMBOL "cinstr_charge_recorder"

const struct charge_recorder *charge_recorder;

void charge_library_say(const char *text) {
    char line[512];
    const int length = snprintf(line, sizeof(line), "cinstr: %s\n", text);
    const size_t size = (size_t)length < sizeof(line) ? (size_t)length : sizeof(line) - 1;
    if (write(STDERR_FILENO, line, size) < 0)
        return; /* nobody reads the message */
}

void charge_library_next(void *target, const char *name) {
    *(void **)target = dlsym(RTLD_NEXT, name);
}

bool charge_library_open(void) {
    void *library;
    charge_recorder = dlsym(RTLD_DEFAULT, SYMBOL);
    if (charge_recorder != NULL)
        return true;
    library = open_recorder();
    if (library != NULL)
        charge_recorder = dlsym(library, SYMBOL);
    if (charge_recorder == NULL) {
        charge_library_say(dlerror());
        return false;
    }
    charge_recorder->find_by_stacks();
    return true;
}
