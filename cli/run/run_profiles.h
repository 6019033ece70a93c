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

enum {
    RUN_PROFILES_FILES = 5,
    RUN_PROFILES_BESIDES = 6, /* with the output itself */
    RUN_PROFILES_PATTERNS = RUN_PROFILES_BESIDES + RUN_PROFILES_FILES
};

struct run_profiles {
    glob_t files;                          /* sorted */
    struct stat *details;                  /* of each */
    char *patterns[RUN_PROFILES_PATTERNS]; /* as of glob(3) */
    size_t pattern_count;
};

/* Notes what there is now; `output` is a pattern of the recorder's, beside which those of other
 * kinds lie; `files` are those that have names of their own, "" for none. False: out of memory. */
bool run_profiles_note(struct run_profiles *before, const char *output,
                       const char *const files[RUN_PROFILES_FILES]);

/* Calls `tell` with each file written since, and its number from 0 on. Returns how many. */
size_t run_profiles_new(const struct run_profiles *before,
                        void (*tell)(const char *path, size_t index));
void run_profiles_free(struct run_profiles *profiles);

#endif
