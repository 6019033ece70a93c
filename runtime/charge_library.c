/* SPDX-License-Identifier: MIT */
/* See charge_library.h. */
#include "charge_library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define RECORDER "libcinstr.so.0"

struct charge_recorder charge_recorder;

void charge_library_say(const char *text) {
    char line[512];
    const int length = snprintf(line, sizeof line, "cinstr: %s\n", text);
    const size_t size = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;

    if (write(STDERR_FILENO, line, size) < 0)
        return; /* nobody listens */
}

/* Beside this library. */
static void *load(void) {
    char path[4096];
    const char *slash;
    Dl_info info;

    if (dladdr(&charge_recorder, &info) == 0 || info.dli_fname == NULL ||
        (slash = strrchr(info.dli_fname, '/')) == NULL ||
        (size_t)snprintf(path, sizeof path, "%.*s/" RECORDER, (int)(slash - info.dli_fname),
                         info.dli_fname) >= sizeof path)
        return dlopen(RECORDER, RTLD_NOW | RTLD_LOCAL);
    return dlopen(path, RTLD_NOW | RTLD_LOCAL);
}

static bool fill_in(void *library) {
    *(void **)&charge_recorder.node = dlsym(library, "cinstr_charge_node");
    *(void **)&charge_recorder.column = dlsym(library, "cinstr_charge_column");
    *(void **)&charge_recorder.heap_period = dlsym(library, "cinstr_charge_heap_period");
    *(void **)&charge_recorder.heap_lost = dlsym(library, "cinstr_charge_heap_lost");
    *(void **)&charge_recorder.wants_io = dlsym(library, "cinstr_charge_wants_io");
    *(void **)&charge_recorder.ticks = dlsym(library, "cinstr_charge_ticks");
    *(void **)&charge_recorder.trace_wait = dlsym(library, "cinstr_charge_trace_wait");
    *(void **)&charge_recorder.trace_heap = dlsym(library, "cinstr_charge_trace_heap");
    return charge_recorder.node != NULL;
}

bool charge_library_open(void) {
    void (*by_stacks)(void);
    void *library;

    if (fill_in(RTLD_DEFAULT))
        return true;
    library = load();
    if (library == NULL) {
        charge_library_say(dlerror());
        return false;
    }
    *(void **)&by_stacks = dlsym(library, "cinstr_charge_stacks");
    if (!fill_in(library))
        return false;
    by_stacks();
    return true;
}
