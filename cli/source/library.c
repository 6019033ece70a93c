/* SPDX-License-Identifier: MIT */
/* See library.h. */
#include "library.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool library_find(const char *name, char directory[PATH_MAX]) {
    static const char *const places[] = {"", "/../lib", "/../lib64", "/../lib/*"};
    char here[PATH_MAX], pattern[PATH_MAX + 64];
    const ssize_t length = readlink("/proc/self/exe", here, sizeof(here) - 1);
    if (length <= 0)
        return false;
    here[length] = '\0';
    *strrchr(here, '/') = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        glob_t found;
        snprintf(pattern, sizeof(pattern), "%s%s/%s", here, places[i], name);
        const bool is_there = glob(pattern, 0, NULL, &found) == 0;
        if (is_there) {
            *strrchr(found.gl_pathv[0], '/') = '\0';
            if (realpath(found.gl_pathv[0], directory) == NULL)
                directory[0] = '\0';
        }
        globfree(&found);
        if (is_there)
            return directory[0] != '\0';
    }
    return false;
}
