/* SPDX-License-Identifier: MIT */
/* See run_options.h. */
#include "run_options.h"

#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OUTPUT_SIZE 512 /* the recorder's maximum */

int run_options_init(struct run_options *options, struct error *error) {
    const char *inherited = getenv("CINSTR_OPTIONS");
    const int length =
        snprintf(options->text, sizeof(options->text), "%s", inherited == NULL ? "" : inherited);
    return (size_t)length < sizeof(options->text)
               ? 0
               : error_set(error, "CINSTR_OPTIONS is too long already");
}

int run_options_add(struct run_options *options, const char *name, const char *value,
                    struct error *error) {
    const size_t used = strlen(options->text), left = sizeof(options->text) - used;
    if (strchr(value, ':') != NULL)
        return error_set(error,
                         "%s: a ':' separates the recorder's options: it cannot be part of "
                         "a value",
                         value);
    if ((size_t)snprintf(options->text + used, left, "%s%s=%s", used == 0 ? "" : ":", name,
                         value) >= left)
        return error_set(error, "the options are too long");
    return 0;
}

void run_options_get(const struct run_options *options, const char *name, char *value) {
    const size_t name_length = strlen(name);
    value[0] = '\0';
    for (const char *at = options->text; *at != '\0';) {
        const size_t length = strcspn(at, ":");
        if (length > name_length && strncmp(at, name, name_length) == 0 && at[name_length] == '=')
            snprintf(value, RUN_OPTIONS_SIZE, "%.*s", (int)(length - name_length - 1),
                     at + name_length + 1);
        at += length + (at[length] == ':');
    }
}

/* The directory in the form of a pattern; "" where the recorder cannot be given it and then takes
 * the program's directory at its end. */
static void quote_directory(char *to) {
    char directory[PATH_MAX];
    *to = '\0';
    if (getcwd(directory, sizeof(directory)) == NULL || strchr(directory, ':') != NULL)
        return;
    for (const char *from = directory; *from != '\0'; from++) {
        if (*from == '%')
            *to++ = '%';
        *to++ = *from;
    }
    strcpy(to, strcmp(directory, "/") == 0 ? "" : "/");
}

/* A directory, in the form that the recorder takes: the profiles of all programs go there, by
 * their usual names. */
static const char *name_in_folder(const char *file) {
    struct stat status;
    if (file[0] != '\0' && file[strlen(file) - 1] == '/') {
        mkdir(file, 0777);
        return RUN_OPTIONS_OUTPUT;
    }
    return stat(file, &status) == 0 && S_ISDIR(status.st_mode) ? "/" RUN_OPTIONS_OUTPUT : "";
}

int run_options_add_file(struct run_options *options, const char *name, const char *file,
                         struct error *error) {
    char path[2 * PATH_MAX + OUTPUT_SIZE + sizeof(RUN_OPTIONS_OUTPUT)] = "";
    if (strlen(file) >= OUTPUT_SIZE)
        return error_set(error, "%s: the name is too long", file);
    if (file[0] != '/' && strcmp(file, "none") != 0)
        quote_directory(path);
    strcat(path, file);
    if (strcmp(name, "output") == 0)
        strcat(path, name_in_folder(file));
    return run_options_add(options, name, strlen(path) < OUTPUT_SIZE ? path : file, error);
}
