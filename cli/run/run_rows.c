/* SPDX-License-Identifier: MIT */
/* See run_rows.h. */
#include "run_rows.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

static const struct option_row rows[] = {
#define OPTION(name_, type, more, ...) {.name = #name_, __VA_ARGS__},
#include <cinstr/options.def>
#undef OPTION
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]), OTHERS = 8, TEXT_COLUMN = 24, COLUMNS = 80 };

static int argument_kind(const struct option_row *row) {
    if (row->run_value == NULL)
        return required_argument;
    return option_is_switch(row) ? no_argument : optional_argument;
}

const struct option *run_rows_names(const struct option *others) {
    static struct option names[ROWS + OTHERS];
    size_t count = 0;
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].run != NULL)
            names[count++] =
                (struct option){rows[i].run, argument_kind(&rows[i]), NULL, RUN_ROWS_FIRST + i};
    }
    for (; others->name != NULL && count < ROWS + OTHERS - 1; others++)
        names[count++] = *others;
    names[count] = (struct option){0};
    return names;
}

const struct option_row *run_row(int option) {
    return option < RUN_ROWS_FIRST || option >= RUN_ROWS_FIRST + ROWS
               ? NULL
               : &rows[option - RUN_ROWS_FIRST];
}

const struct option_row *run_row_named(const char *name) {
    for (int i = 0; i < ROWS; i++) {
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    }
    return NULL;
}

/* --- help ------------------------------------------------------------------------------------- */

/* Words from the column on; `used`: of the first line. */
static void print_wrapped(FILE *out, const char *text, size_t used) {
    while (*text != '\0') {
        const size_t length = strcspn(text, " ");
        const bool fits = used + 1 + length < COLUMNS;
        if (used > TEXT_COLUMN)
            fputs(fits ? " " : "\n", out);
        if (!fits)
            used = 0;
        if (used < TEXT_COLUMN)
            fprintf(out, "%*s", (int)(TEXT_COLUMN - used), "");
        used = (used < TEXT_COLUMN ? TEXT_COLUMN : used + 1) + length;
        fwrite(text, 1, length, out);
        text += length + strspn(text + length, " ");
    }
    fputc('\n', out);
}

/* `letter`: "-o, ", or blanks. */
static void print_row(FILE *out, const struct option_row *row, const char *letter) {
    const int kind = argument_kind(row);
    char values[64], text[512];
    option_values(row, values, sizeof(values));
    option_help(row, row->run_help != NULL ? row->run_help : row->help,
                kind == required_argument ? row->initial : NULL,
                kind == optional_argument ? row->run_value : NULL, text, sizeof(text));
    int used = fprintf(out, "  %s--%s", letter, row->run);
    if (kind != no_argument)
        used += fprintf(out, kind == required_argument ? " %s" : "[=%s]", values);
    if (used >= TEXT_COLUMN - 1)
        used += fprintf(out, " ");
    print_wrapped(out, text, (size_t)used);
}

void run_rows_print(FILE *out) {
    for (int i = 0; i < ROWS; i++) {
        if (rows[i].run != NULL)
            print_row(out, &rows[i], strcmp(rows[i].name, "output") == 0 ? "-o, " : "    ");
    }
}
