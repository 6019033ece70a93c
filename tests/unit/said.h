/* SPDX-License-Identifier: MIT */
/* Catches standard error between said_begin() and said_end(). */
#ifndef CINSTR_TESTS_SAID_H
#define CINSTR_TESTS_SAID_H

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct said {
    char text[16384];
    FILE *file;
    int stderr_copy;
} said;

static inline void said_begin(void) {
    said.file = tmpfile();
    said.stderr_copy = dup(STDERR_FILENO);
    dup2(fileno(said.file), STDERR_FILENO);
}

static inline const char *said_end(void) {
    dup2(said.stderr_copy, STDERR_FILENO);
    close(said.stderr_copy);
    rewind(said.file);
    said.text[fread(said.text, 1, sizeof(said.text) - 1, said.file)] = '\0';
    fclose(said.file);
    return said.text;
}

static inline unsigned said_lines(const char *text) {
    unsigned lines = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        lines++;
    return lines;
}

#endif
