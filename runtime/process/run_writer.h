/* SPDX-License-Identifier: MIT */
/*
 * cinstr-writer (cinstr/writer.h), run by this process. Nothing of the program's is called, no lock
 * of its is waited for, and it sees no child and no signal.
 */
#ifndef CINSTR_RUNTIME_PROCESS_RUN_WRITER_H
#define CINSTR_RUNTIME_PROCESS_RUN_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include <cinstr/writer.h>

#include "runtime/base/signals.h"

/* Where the writer is: once, when the recorder starts. */
void writer_find(void);

/* In a process that a static program has started as its writer: does the work and ends. */
void writer_be(int argc, char **argv);

struct writer_request {
    const char *kind;
    enum writer_how how;
    const char *name;
};

enum { WRITER_MOST_REQUESTS = 6 };

/* Has these written, and waits for it. All signals are blocked; `mask` is the program's. False: not
 * all was, which has been said. */
bool writer_run(const struct writer_request *requests, size_t count, signals_mask mask);

#endif
