/* SPDX-License-Identifier: MIT */
/* See program.h. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void program_find(const char *name, char path[PATH_MAX]) {
    const char *directories = strchr(name, '/') != NULL ? "/" : getenv("PATH");
    char candidate[PATH_MAX];
    path[0] = '\0';
    while (directories != NULL && *directories != '\0') {
        const int length = (int)strcspn(directories, ":");
        if (strchr(name, '/') != NULL)
            snprintf(candidate, sizeof(candidate), "%s", name);
        else
            snprintf(candidate, sizeof(candidate), "%.*s/%s", length, directories, name);
        if (access(candidate, X_OK) == 0 && realpath(candidate, path) != NULL)
            return;
        path[0] = '\0';
        directories += length + (directories[length] == ':');
    }
}
