/* SPDX-License-Identifier: MIT */
/*
 * Which of our LLVM plugins fits a compiler. Called by the cc command. It runs the compiler to ask
 * it for its version and says nothing.
 */
#ifndef CINSTR_CLI_CC_PLUGIN_H
#define CINSTR_CLI_CC_PLUGIN_H

#include <linux/limits.h>
#include <stdbool.h>

/* A clang loads the plugin that was built for its own LLVM, and no other. */
struct cc_plugin {
    int version;         /* the compiler's major one; 0 it cannot be told */
    char path[PATH_MAX]; /* "": there is no plugin for it in the directory */
};

struct cc_plugin cc_plugin_find(const char *compiler, const char *directory);

#endif
