/* SPDX-License-Identifier: MIT */
/*
 * What an option of the recorder is (the rows are in options.def), and which values it takes: for
 * the recorder, which reads CINSTR_OPTIONS, and for `cinstr run`, which writes it.
 *
 * A value is one of the option's words, or a number within its limits; an option with neither takes
 * any text. Nothing here allocates.
 */
#ifndef CINSTR_OPTIONS_H
#define CINSTR_OPTIONS_H

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

/* What `cinstr run` preloads for an option. */
enum option_library {
    OPTION_NO_LIBRARY,
    OPTION_SAMPLE_LIBRARY,
    OPTION_HEAP_LIBRARY,
    OPTION_BLOCK_LIBRARY
};

struct option_row {
    const char *name;
    const char *initial; /* the value when the option is not given; NULL: an empty text */
    const char *words; /* "exact=1 adaptive=2": each with the number that it stands for; or NULL */
    const char *argument; /* the name of any other value in help: "FILE", "HZ"; NULL: only words and
                           * a few numbers are allowed */
    uint64_t least, most; /* of a number; both 0: no number */
    const char *bare;     /* the value of the name without '='; NULL: a value is required */
    const char *implies;  /* "heap=exact": set when this one is given and that one is 0; or NULL */
    const char *run;      /* the option of `cinstr run` without "--"; NULL: none */
    const char *run_value; /* the value that it sets without an argument; NULL: one is required */
    const char *run_help;  /* its help, where `help` does not fit; or NULL */
    enum option_library library;
    const char *help; /* a line */
};

/* Whether the option takes any text. */
static inline bool option_is_text(const struct option_row *row) {
    return row->words == NULL && row->most == 0;
}

/* Whether the option takes only 0 or 1. */
static inline bool option_is_switch(const struct option_row *row) {
    return row->words == NULL && row->argument == NULL && row->most == 1;
}

/* Parses `length` decimal digits without leading zeros. False: they are no such number. */
static inline bool option_number(const char *text, size_t length, uint64_t *number) {
    *number = 0;
    if (length > 1 && text[0] == '0')
        return false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] < '0' || text[i] > '9' || *number > UINT64_MAX / 16)
            return false;
        *number = *number * 10 + (uint64_t)(text[i] - '0');
    }
    return length > 0;
}

/* Sets `value` to the number that `text`, a word of the option or a number, stands for. False: the
 * option has no such value. */
static inline bool option_value(const struct option_row *row, const char *text, uint64_t *value) {
    for (const char *word = row->words; word != NULL && *word != '\0';) {
        const size_t length = strcspn(word, "="), end = strcspn(word, " ");
        if (strlen(text) == length && strncmp(word, text, length) == 0)
            return option_number(word + length + 1, end - length - 1, value);
        word += end + (word[end] == ' ');
    }
    return row->most != 0 && option_number(text, strlen(text), value) && *value >= row->least &&
           *value <= row->most;
}

/* Appends `length` characters of `more`, after `separator` if `text` is not empty. Does nothing if
 * that does not fit into the `size` bytes of `text`. */
static inline void option_append(char *text, size_t size, const char *separator, const char *more,
                                 size_t length) {
    const size_t used = strlen(text), gap = used == 0 ? 0 : strlen(separator);
    if (used + gap + length >= size)
        return;
    memcpy(text + used, separator, gap);
    memcpy(text + used + gap, more, length);
    text[used + gap + length] = '\0';
}

/* Writes what may follow '=' into `text`, like "exact|BYTES": the words, and the numbers if they
 * are few. */
static inline void option_values(const struct option_row *row, char *text, size_t size) {
    text[0] = '\0';
    for (uint64_t i = row->least; row->argument == NULL && row->most != 0 && i <= row->most; i++) {
        char digits[24];
        snprintf(digits, sizeof(digits), "%" PRIu64, i);
        option_append(text, size, "|", digits, strlen(digits));
    }
    for (const char *word = row->words; word != NULL && *word != '\0';) {
        const size_t end = strcspn(word, " ");
        option_append(text, size, "|", word, strcspn(word, "="));
        word += end + (word[end] == ' ');
    }
    if (row->argument != NULL)
        option_append(text, size, "|", row->argument, strlen(row->argument));
}

/* Writes the limits into `text`, like "1024 to 16777216"; "" if there are none or option_values()
 * shows them. */
static inline void option_limits(const struct option_row *row, char *text, size_t size) {
    text[0] = '\0';
    if (row->argument != NULL && row->most != 0)
        snprintf(text, size, "%" PRIu64 " to %" PRIu64, row->least, row->most);
}

/* Writes into `text` the words of `help` and, in brackets, the limits, the value if the option is
 * not given (`initial`) and the value of the bare name (`bare`). Both may be NULL and are then
 * left out. */
static inline void option_help(const struct option_row *row, const char *help, const char *initial,
                               const char *bare, char *text, size_t size) {
    char facts[160];
    option_limits(row, facts, sizeof(facts));
    if (initial != NULL) {
        option_append(facts, sizeof(facts), ", ", "default ", strlen("default "));
        option_append(facts, sizeof(facts), "", initial, strlen(initial));
    }
    if (bare != NULL) {
        option_append(facts, sizeof(facts), ", ", bare, strlen(bare));
        option_append(facts, sizeof(facts), "", " without a value", strlen(" without a value"));
    }
    snprintf(text, size, facts[0] == '\0' ? "%s%s" : "%s (%s)", help, facts);
}

#endif
