/* SPDX-License-Identifier: MIT */
/*
 * CINSTR_OPTIONS="name=value:name=value", in the sanitizers' style. Read once, when the recorder
 * starts.
 */
#include "options.h"

#include <cinstr/options.h>

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "message.h"

struct options options;

static const struct option_row rows[] = {
#define OPTION(name_, type, more, ...) {.name = #name_, __VA_ARGS__},
#include <cinstr/options.def>
#undef OPTION
};
#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct field {
    void *at;
    size_t size;
} fields[ROW_COUNT] = {
#define OPTION(name, ...) {&options.name, sizeof(options.name)},
#include <cinstr/options.def>
#undef OPTION
};

/* --- rows ------------------------------------------------------------------------------------- */

/* The row of the name, which ends at a ':' or '='; ROW_COUNT: none. */
static size_t find_row(const char *text) {
    const size_t length = strcspn(text, "=:");
    size_t row = 0;
    while (row < ROW_COUNT &&
           (strncmp(rows[row].name, text, length) != 0 || rows[row].name[length] != '\0'))
        row++;
    return row;
}

/* "name=VALUES: what it is for" */
static void describe(const struct option_row *row, char *text, size_t size) {
    char values[64], help[512];
    option_values(row, values, sizeof(values));
    option_help(row, row->help, row->initial, row->bare, help, sizeof(help));
    snprintf(text, size, "%s=%s: %s", row->name, values, help);
}

static void print_help(void) {
    char text[640];
    message("options in CINSTR_OPTIONS, as name=value:name=value");
    for (size_t i = 0; i < ROW_COUNT; i++) {
        describe(&rows[i], text, sizeof(text));
        message("  %s", text);
    }
}

static void report_unknown(const char *name) {
    char names[512] = "";
    for (size_t i = 0; i < ROW_COUNT; i++)
        option_append(names, sizeof(names), ", ", rows[i].name, strlen(rows[i].name));
    message("CINSTR_OPTIONS: no option '%s'; there are %s", name, names);
}

/* --- values ----------------------------------------------------------------------------------- */

static bool set_text(const struct field *field, const char *value) {
    if (value[0] == '\0' || strlen(value) >= field->size)
        return false;
    memcpy(field->at, value, strlen(value) + 1);
    return true;
}

static bool set_row(size_t row, const char *value) {
    uint64_t number;
    if (option_is_text(&rows[row]))
        return set_text(&fields[row], value);
    if (!option_value(&rows[row], value, &number))
        return false;
    memcpy(fields[row].at, &number, fields[row].size); /* little-endian */
    return true;
}

static bool is_off(size_t row) {
    static const char zeros[sizeof(uint64_t)];
    return option_is_text(&rows[row]) ? *(const char *)fields[row].at == '\0'
                                      : memcmp(fields[row].at, zeros, fields[row].size) == 0;
}

static bool sample_is_given;

static void set_option(char *text) {
    const size_t row = find_row(text);
    char *equals = strchr(text, '=');
    const char *value = equals == NULL ? "" : equals + 1;
    char help[640];
    if (equals != NULL)
        *equals = '\0';
    if (row == ROW_COUNT) {
        report_unknown(text);
        return;
    }
    if (value[0] == '\0' && rows[row].bare != NULL)
        value = rows[row].bare;
    if (!set_row(row, value)) {
        describe(&rows[row], help, sizeof(help));
        message("CINSTR_OPTIONS: bad value '%s' for %s", value, help);
    } else if (fields[row].at == &options.sample) {
        sample_is_given = true;
    }
}

/* --- what is implied -------------------------------------------------------------------------- */

/* Part of what -lcinstr_http links in. */
extern const char cinstr_http_is_there __attribute__((weak, visibility("default")));

/* A process that serves profiles offers a CPU profile, as Go's do. */
static void imply_http(void) {
    if (options.http[0] == '\0' && &cinstr_http_is_there != NULL)
        strcpy(options.http, "localhost:6060");
    if (options.http[0] != '\0' && strcmp(options.http, "none") != 0 && !sample_is_given)
        options.sample = 100;
}

/* Naming a profile's file implies recording the profile. */
static void imply(void) {
    imply_http();
    for (size_t i = 0; i < ROW_COUNT; i++) {
        const char *implied = rows[i].implies;
        if (implied != NULL && !is_off(i) && is_off(find_row(implied)))
            set_row(find_row(implied), strchr(implied, '=') + 1);
    }
    if (options.trace[0] != '\0' && options.trace_ring != 0)
        message("CINSTR_OPTIONS: trace= and trace_ring= exclude each other: no FILE is written");
}

/* --- the text --------------------------------------------------------------------------------- */

/* Cuts off the first option. An address contains colons: it ends where an option begins. */
static char *next_option(char **rest) {
    char *option = *rest;
    char *end = strchr(option, ':');
    while (end != NULL && strncmp(option, "http=", 5) == 0 && find_row(end + 1) == ROW_COUNT)
        end = strchr(end + 1, ':');
    if (end != NULL)
        *end++ = '\0';
    *rest = end;
    return option;
}

static void read_all(const char *text) {
    char copy[2048];
    char *rest = copy;
    if (strlen(text) >= sizeof(copy)) {
        message("CINSTR_OPTIONS is longer than %zu characters: ignored", sizeof(copy) - 1);
        return;
    }
    memcpy(copy, text, strlen(text) + 1);
    while (rest != NULL) {
        char *option = next_option(&rest);
        if (option[0] != '\0')
            set_option(option);
    }
}

static void set_defaults(void) {
    memset(&options, 0, sizeof(options));
    sample_is_given = false;
    for (size_t i = 0; i < ROW_COUNT; i++) {
        if (rows[i].initial != NULL)
            set_row(i, rows[i].initial);
    }
}

void options_read(const char *text) {
    set_defaults();
    if (text != NULL)
        read_all(text);
    imply();
    if (options.help)
        print_help();
}

static bool append(char *text, size_t size, const char *more) {
    const size_t used = strlen(text);
    if (used + strlen(more) >= size)
        return false;
    memcpy(text + used, more, strlen(more) + 1);
    return true;
}

bool options_expand(const char *pattern, const char *program, char *text, size_t size) {
    text[0] = '\0';
    for (const char *p = pattern; *p != '\0'; p++) {
        char piece[HOST_NAME_MAX + 1] = {*p, '\0'};
        if (*p == '%') {
            p++;
            if (*p == 'p')
                snprintf(piece, sizeof(piece), "%d", (int)getpid());
            else if (*p == 'e')
                snprintf(piece, sizeof(piece), "%s", program);
            else if (*p == 'h')
                gethostname(piece, sizeof(piece) - 1);
            else if (*p != '%') {
                message("output=%s: only %%p, %%e, %%h and %%%% are known", pattern);
                return false;
            }
        }
        if (!append(text, size, piece)) {
            message("output=%s: the name is too long", pattern);
            return false;
        }
    }
    return true;
}
