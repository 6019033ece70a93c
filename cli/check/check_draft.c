/* SPDX-License-Identifier: MIT */
/* See check_draft.h. */
#include "check_draft.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "check_rows.h"
#include "check_sets.h"
#include "cli/print/units.h"

enum { MOST_FUNCTIONS = 30 };

struct draft_row {
    const char *name;
    int64_t least, most;
};

struct draft {
    struct draft_row *rows;
    uint32_t count, runs;
};

/* Prints a name, in quotes where the rules' grammar needs them. */
static void print_name(FILE *out, const char *name) {
    const char *at = name;
    while (isalnum((unsigned char)*at) || (*at != '\0' && strchr("_:.~$", *at) != NULL))
        at++;
    if (*at == '\0') {
        fputs(name, out);
        return;
    }
    putc('"', out);
    for (; *name != '\0'; name++) {
        if (*name == '"' || *name == '\\')
            putc('\\', out);
        putc((unsigned char)*name < 0x20 || *name == 0x7f ? '?' : *name, out);
    }
    putc('"', out);
}

/* --- all of the program ----------------------------------------------------------------------- */

static void print_total(FILE *out, const char *value, const char *word,
                        const struct check_profile *profiles, uint32_t count) {
    int64_t most = 0;
    bool is_there = false;
    char why[320];
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t type = check_value(profiles[i].profile, value, why);
        if (type == PROFILE_NONE)
            continue;
        is_there = true;
        if (profiles[i].analysis->totals[type] > most)
            most = profiles[i].analysis->totals[type];
    }
    if (is_there)
        fprintf(out, "at most %s %s in *\n", units_count(most).text, word);
}

/* --- its functions ---------------------------------------------------------------------------- */

static int by_name(const void *left, const void *right) {
    const struct draft_row *a = left, *b = right;
    return strcmp(a->name, b->name);
}

static int by_most(const void *left, const void *right) {
    const struct draft_row *a = left, *b = right;
    return a->most != b->most ? (a->most < b->most) - (a->most > b->most) : by_name(left, right);
}

/* Both lists are sorted by name. A row of the draft that the profile lacks had no calls there. */
static int add_rows(struct draft *draft, const struct check_rows *rows, struct error *error) {
    const uint32_t known = draft->count;
    struct draft_row *list =
        reallocarray(draft->rows, (size_t)known + rows->count + 1, sizeof(*list));
    if (list == NULL)
        return error_set(error, "out of memory");
    draft->rows = list;
    for (uint32_t i = 0; i < known; i++) {
        const struct check_row *found = check_rows_find(rows, list[i].name);
        const int64_t value = found == NULL ? 0 : found->value;
        list[i].least = value < list[i].least ? value : list[i].least;
        list[i].most = value > list[i].most ? value : list[i].most;
    }
    for (uint32_t i = 0; i < rows->count; i++) {
        const struct draft_row key = {.name = rows->list[i].name};
        if (bsearch(&key, list, known, sizeof(key), by_name) != NULL)
            continue;
        list[draft->count++] = (struct draft_row){
            .name = key.name,
            .least = draft->runs == 0 ? rows->list[i].value : 0,
            .most = rows->list[i].value,
        };
    }
    qsort(list, draft->count, sizeof(*list), by_name);
    draft->runs++;
    return 0;
}

static int collect(struct draft *draft, const struct check_profile *profiles, uint32_t count,
                   struct error *error) {
    char why[320];
    for (uint32_t i = 0; i < count; i++) {
        struct check_rows rows = {0};
        const uint32_t type = check_value(profiles[i].profile, "calls", why);
        if (type == PROFILE_NONE)
            continue;
        int result = check_rows_fill(&rows, profiles[i].analysis, type, error);
        if (result == 0)
            result = add_rows(draft, &rows, error);
        check_rows_free(&rows);
        if (result != 0)
            return -1;
    }
    return 0;
}

static void print_functions(FILE *out, struct draft *draft) {
    uint32_t left = MOST_FUNCTIONS;
    qsort(draft->rows, draft->count, sizeof(*draft->rows), by_most);
    fputs("\n# The functions that were called most.\n", out);
    for (uint32_t i = 0; i < draft->count && left > 0; i++) {
        const struct draft_row *row = &draft->rows[i];
        if (row->name[0] == '[' || row->least != row->most)
            continue;
        fprintf(out, "at most %s %s of ", units_count(row->most).text,
                row->most == 1 ? "call" : "calls");
        print_name(out, row->name);
        putc('\n', out);
        left--;
    }
}

static void print_exemptions(FILE *out, const struct draft *draft) {
    bool is_first = true;
    for (uint32_t i = 0; i < draft->count; i++) {
        const struct draft_row *row = &draft->rows[i];
        if (row->name[0] == '[' || row->least == row->most)
            continue;
        if (is_first)
            fputs("\n# These differ from run to run. Pin what makes them, or say why they may.\n",
                  out);
        is_first = false;
        fputs("exempt ", out);
        print_name(out, row->name);
        fprintf(out, " because it had %s to %s calls in %u runs\n", units_count(row->least).text,
                units_count(row->most).text, draft->runs);
    }
}

int check_draft(FILE *out, const struct check_profile *profiles, uint32_t count,
                struct error *error) {
    static const char *const values[][2] = {{"calls", "calls"},
                                            {"instructions", "instructions"},
                                            {"alloc_objects", "allocations"},
                                            {"alloc_space", "bytes"}};
    struct draft draft = {0};
    int result = collect(&draft, profiles, count, error);
    if (result == 0) {
        fputs("# Drafted by `cinstr check --write-rules`: what these runs did. Keep what your\n"
              "# program promises, and cut the rest.\n\n# All of the program.\n",
              out);
        for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
            print_total(out, values[i][0], values[i][1], profiles, count);
        print_functions(out, &draft);
        print_exemptions(out, &draft);
    }
    free(draft.rows);
    return result;
}
