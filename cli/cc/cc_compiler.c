/* SPDX-License-Identifier: MIT */
/* See cc_compiler.h. */
#include "cc_compiler.h"

#include <linux/limits.h>
#include <stddef.h>
#include <string.h>

#include "cli/print/text.h"
#include "cli/source/program.h"

static bool is_launcher(const char *word) {
    static const char *const launchers[] = {"ccache", "distcc", "sccache", "icecc"};
    for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++) {
        if (strcmp(text_base_name(word), launchers[i]) == 0)
            return true;
    }
    return false;
}

char *const *cc_compiler_find(char *const *words) {
    while (words[1] != NULL && is_launcher(words[0]))
        words++;
    return words;
}

bool cc_compiler_is_clang(const char *compiler) {
    char path[PATH_MAX];
    if (strstr(text_base_name(compiler), "clang") != NULL)
        return true;
    program_find(compiler, path);
    return strstr(text_base_name(path), "clang") != NULL;
}
