/* SPDX-License-Identifier: MIT */
/*
 * What the run command tells the recorder: CINSTR_OPTIONS, with what is in the environment already
 * in front, so that the command line has the last word. Called by the run command.
 */
#ifndef CINSTR_CLI_RUN_OPTIONS_H
#define CINSTR_CLI_RUN_OPTIONS_H

#include "reader/base/error.h"

#define RUN_OPTIONS_OUTPUT "cinstr.%e.%p.pb.gz" /* the recorder's default */

/* The recorder takes no longer ones. */
#define RUN_OPTIONS_SIZE 2048

struct run_options {
    char text[RUN_OPTIONS_SIZE]; /* "name=value:name=value" */
};

/* Begins with those of the environment. */
int run_options_init(struct run_options *options, struct error *error);

/* Adds one; a later one takes the place of an earlier. */
int run_options_add(struct run_options *options, const char *name, const char *value,
                    struct error *error);

/* The value of the last of that name in `value` (RUN_OPTIONS_SIZE bytes), "" if there is none. */
void run_options_get(const struct run_options *options, const char *name, char *value);

/* Adds where a profile goes: a relative name is meant from this directory, whatever the program
 * changes to; "none" is nowhere. */
int run_options_add_file(struct run_options *options, const char *name, const char *file,
                         struct error *error);

#endif
