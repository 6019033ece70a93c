/* SPDX-License-Identifier: MIT */
/* See cc_exclude.h. The folders are looked up at run time, since they depend on what is
 * installed. */
#include "cc_exclude.h"

#include <glob.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static char option[16384] = "-finstrument-functions-exclude-file-list=/usr/lib/gcc,"
                            "/usr/include/ctype.h,/usr/include/wchar.h";

static bool ends_with(const char *text, const char *end) {
    const size_t length = strlen(text), size = strlen(end);
    return length >= size && strcmp(text + length - size, end) == 0;
}

/* These folders hold libc's declarations. */
static bool is_libc(const char *folder) {
    return ends_with(folder, "-linux-gnu/") || ends_with(folder, "/sys/") ||
           ends_with(folder, "/arpa/") || ends_with(folder, "/net/");
}

static void add_folders(const char *pattern) {
    glob_t folders;
    size_t used = strlen(option);
    if (glob(pattern, GLOB_MARK | GLOB_NOSORT, NULL, &folders) == 0) {
        for (size_t i = 0; i < folders.gl_pathc; i++) {
            const char *path = folders.gl_pathv[i];
            if (!is_libc(path) && strchr(path, ',') == NULL &&
                used + strlen(path) + 2 < sizeof(option))
                used += (size_t)sprintf(option + used, ",%s", path);
        }
    }
    globfree(&folders);
}

const char *cc_exclude_option(void) {
    add_folders("/usr/include/*/");
    add_folders("/usr/include/*-linux-gnu/*/");
    return option;
}
