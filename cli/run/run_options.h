/* SPDX-License-Identifier: MIT */
/*
 * The options that the run command gives to the recorder in CINSTR_OPTIONS. Those of the
 * environment come first, so that the command line wins. Called by the run command.
 */
#ifndef CINSTR_CLI_RUN_OPTIONS_H
#define CINSTR_CLI_RUN_OPTIONS_H

#include "reader/base/error.h"

#define RUN_OPTIONS_OUTPUT "cinstr.%e.%p.pb.gz" /* the recorder's default */

/* The recorder accepts no longer names. */
#define RUN_OPTIONS_SIZE 2048

struct run_options {
    char text[RUN_OPTIONS_SIZE]; /* "name=value:name=value" */
};

/* Begins with the options of the environment. */
int run_options_init(struct run_options *options, struct error *error);

/* Adds an option; a later one replaces an earlier. */
int run_options_add(struct run_options *options, const char *name, const char *value,
                    struct error *error);

/* Copies the last value of that option into `value` (RUN_OPTIONS_SIZE bytes); "" if there is
 * none. */
void run_options_get(const struct run_options *options, const char *name, char *value);

/* Adds where a profile goes. A relative name is relative to this directory, whatever directory
 * the program changes to; "none" is nowhere. */
int run_options_add_file(struct run_options *options, const char *name, const char *file,
                         struct error *error);

#endif
