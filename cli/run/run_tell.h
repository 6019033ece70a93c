/* SPDX-License-Identifier: MIT */
/*
 * What `cinstr run` prints when the program has ended: where its profiles are, where the data of
 * processes is that wrote none, or why nothing was recorded.
 */
#ifndef CINSTR_CLI_RUN_TELL_H
#define CINSTR_CLI_RUN_TELL_H

#include <stdint.h>
#include <sys/types.h>

#include "run_options.h"
#include "run_profiles.h"

struct run_ended {
    const char *program; /* the program as it was called */
    const struct run_options *options;
    const struct run_profiles *before; /* the profiles that were there before it ran */
    const char *output;
    pid_t pid;
    int status;        /* from waitpid() */
    uint64_t start_ns; /* CLOCK_REALTIME when it started */
};

/* Prints on standard error. */
void run_tell(const struct run_ended *ended);

#endif
