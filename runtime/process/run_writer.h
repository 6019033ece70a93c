/* SPDX-License-Identifier: MIT */
/*
 * Runs cinstr-writer (cinstr/writer.h) for this process. Calls no function of the program, waits
 * for none of its locks, and the program sees no child process and no signal.
 */
#ifndef CINSTR_RUNTIME_PROCESS_RUN_WRITER_H
#define CINSTR_RUNTIME_PROCESS_RUN_WRITER_H

#include <stdbool.h>
#include <stddef.h>

#include <cinstr/writer.h>

#include "runtime/base/signals.h"

/* Finds the writer. Call it once, when the recorder starts. */
void writer_find(void);

/* In a process that a static program has started as its writer: does the work and exits. */
void writer_be(int argc, char **argv);

struct writer_request {
    const char *kind;
    enum writer_how how;
    const char *name;
};

enum { WRITER_MOST_REQUESTS = 6 };

/* Has the requests written, and waits for it. All signals are blocked; `mask` is the program's.
 * False, after a line was printed, when not all could be written. */
bool writer_run(const struct writer_request *requests, size_t count, signals_mask mask);

#endif
