/* SPDX-License-Identifier: MIT */
/*
 * Gives functions of several profiles common numbers, matched by name: across builds, in which
 * lines, files and addresses differ. Used by whatever compares profiles of different runs (diff,
 * check, growth).
 *
 * A function is matched by the finest key that only one function on each side has: its name and the
 * path of its file, its name and the file's base name, or its name alone. So a name that occurs
 * once matches wherever its file went, and functions of one name in several files are told apart by
 * their files. A function that matches nothing gets a new number.
 */
#ifndef CINSTR_READER_NAMES_H
#define CINSTR_READER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"
#include "reader/base/error.h"

struct names;

/* In a profile that is added, `from` (a function's name, the path of a file, or its end:
 * "lvm.c", "src/lvm.c") is renamed to `to`. */
struct names_rename {
    const char *from, *to;
};

struct names_renames {
    const struct names_rename *list;
    uint32_t count;
};

/* NULL when out of memory. */
struct names *names_new(void);
void names_free(struct names *names); /* NULL is allowed */

/* Numbers the functions of a profile. Returns an array with a number for each function of the
 * analysis (function_sums.count of them; two functions of one name and file share a number),
 * which the caller frees; NULL with `error` filled. Numbers count from 0 and stay. Strings are
 * copied, so the profile need not live as long as `names`. `renames` NULL: none. */
uint32_t *names_add(struct names *names, const struct analysis *analysis,
                    const struct names_renames *renames, struct error *error);

/* How many numbers there are. */
uint32_t names_count(const struct names *names);

/* The function of a number, as the last added profile that has it describes it. Valid until the
 * next names_add(). */
const struct analysis_function *names_function(const struct names *names, uint32_t number);

/* Whether `text` is the function's name, the path of its file, or the end of that path after a
 * '/'. */
bool names_matches(const char *text, const struct analysis_function *function);

#endif
