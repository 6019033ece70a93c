/* SPDX-License-Identifier: MIT */
/*
 * What `cinstr run` says when the program has ended: where its profiles are, what it has left that
 * wrote none, or why nothing was recorded.
 */
#ifndef CINSTR_CLI_RUN_TELL_H
#define CINSTR_CLI_RUN_TELL_H

#include <stdint.h>
#include <sys/types.h>

#include "run_options.h"
#include "run_profiles.h"

struct run_ended {
    const char *program; /* as it was called */
    const struct run_options *options;
    const struct run_profiles *before; /* those that were there before it ran */
    const char *output;
    pid_t pid;
    int status;        /* as of waitpid() */
    uint64_t start_ns; /* CLOCK_REALTIME */
};

/* On standard error. */
void run_tell(const struct run_ended *ended);

#endif
