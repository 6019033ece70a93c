/* SPDX-License-Identifier: MIT */
/*
 * Which profiles a run has written: the files of the pattern in CINSTR_OPTIONS (output=) that were
 * not there before, or are others now. Called by the run command. Processes that outlive the
 * program write theirs later; those of another run at the same time, to the same place, count too.
 */
#ifndef CINSTR_CLI_RUN_PROFILES_H
#define CINSTR_CLI_RUN_PROFILES_H

#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

struct run_profiles {
    glob_t files;         /* sorted */
    struct stat *details; /* of each */
    char *pattern;        /* as of glob(3) */
    char *sampled;        /* the other one's */
};

/* Notes what there is now; `output` is a pattern of the recorder's, that of profiles sampled by
 * `clock` lies beside it. False: out of memory. */
bool run_profiles_note(struct run_profiles *before, const char *output, const char *clock);

/* Calls `tell` with each file written since, and its number from 0 on. Returns how many. */
size_t run_profiles_new(const struct run_profiles *before,
                        void (*tell)(const char *path, size_t index));
void run_profiles_free(struct run_profiles *profiles);

#endif
