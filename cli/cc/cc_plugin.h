/* SPDX-License-Identifier: MIT */
/*
 * Finds the plugin that fits a compiler. Called by the cc command. Runs the compiler to ask for its
 * version; prints nothing.
 */
#ifndef CINSTR_CLI_CC_PLUGIN_H
#define CINSTR_CLI_CC_PLUGIN_H

#include <linux/limits.h>
#include <stdbool.h>

/* A compiler can load only the plugin that was built for its own version. */
struct cc_plugin {
    char version[32];    /* clang's first number, all of gcc's; "" if it is not known */
    char path[PATH_MAX]; /* "" when the directory has no plugin for that version */
};

struct cc_plugin cc_plugin_find(const char *compiler, bool is_clang, const char *directory);

#endif
