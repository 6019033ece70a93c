/* SPDX-License-Identifier: MIT */
/*
 * Which profiles a run has written: files of the pattern in CINSTR_OPTIONS (output=) that were not
 * there before, or have changed. Called by the run command. Processes that outlive the program
 * write theirs later; those of another run at the same time and place are counted, too.
 */
#ifndef CINSTR_CLI_RUN_PROFILES_H
#define CINSTR_CLI_RUN_PROFILES_H

#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum {
    RUN_PROFILES_FILES = 5,
    RUN_PROFILES_BESIDES = 6, /* and the output itself */
    RUN_PROFILES_PATTERNS = RUN_PROFILES_BESIDES + RUN_PROFILES_FILES
};

struct run_profiles {
    glob_t files;                          /* sorted */
    struct stat *details;                  /* one for each path */
    char *patterns[RUN_PROFILES_PATTERNS]; /* a pattern for glob(3) */
    size_t pattern_count;
};

/* Notes which files there are now. `output` is a pattern of the recorder's, beside which the
 * profiles of other kinds lie; `files` are those with names of their own, "" for none. False:
 * out of memory. */
bool run_profiles_note(struct run_profiles *before, const char *output,
                       const char *const files[RUN_PROFILES_FILES]);

/* Calls `tell` for each file written since, with its number from 0 on. Returns how many. */
size_t run_profiles_new(const struct run_profiles *before,
                        void (*tell)(const char *path, size_t index));
void run_profiles_free(struct run_profiles *profiles);

#endif
