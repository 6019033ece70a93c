/* SPDX-License-Identifier: MIT */
/*
 * Runs a program in this process's place: signals reach the program, and this process ends as the
 * program did. Called by the run and growth commands.
 */
#ifndef CINSTR_CLI_RUN_CHILD_H
#define CINSTR_CLI_RUN_CHILD_H

#include <spawn.h>
#include <sys/types.h>

/* Starts argv[0], found along PATH, with this process's environment, and waits for its end.
 * `files` says what becomes of its descriptors; NULL: it has those of this process. Signals sent
 * to this process are passed on; it stops and continues with the child. Returns 0 with the wait
 * status in `status`, or the errno of why it could not be started. */
int run_child(char **argv, const posix_spawn_file_actions_t *files, pid_t *pid, int *status);

/* Ends as the child did: returns its exit status, or dies of the same signal. */
int run_child_status(int status);

#endif
