/* SPDX-License-Identifier: MIT */
/*
 * Functions of several profiles under common numbers, matched by name: across builds, in which
 * lines, files and addresses differ. Used by whatever holds profiles of different runs side by side
 * (diff, check, growth).
 *
 * A function is matched by the finest of these that stands for one function on each side: its name
 * and the path of its file, its name and the file's base name, its name alone. So a name that is
 * there once matches wherever its file went, and functions of one name in several files are told
 * apart by their files. What matches nothing gets a number of its own.
 */
#ifndef CINSTR_READER_NAMES_H
#define CINSTR_READER_NAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"
#include "reader/base/error.h"

struct names;

/* In a profile that is added, `from` (a function's name, the path of a file, or the end of one:
 * "lvm.c", "src/lvm.c") is called `to`. */
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

/* Numbers the functions of a profile. Returns one number for each function of the analysis
 * (function_sums.count of them, two functions of one name and file sharing one), which the caller
 * frees; NULL with `error` filled. Numbers count from 0 and stay. Strings are copied: the profile
 * need not outlive `names`. `renames` NULL: none. */
uint32_t *names_add(struct names *names, const struct analysis *analysis,
                    const struct names_renames *renames, struct error *error);

/* How many numbers there are. */
uint32_t names_count(const struct names *names);

/* The function of a number, as the profile that was added last of those that have it says it. Valid
 * until the next names_add(). */
const struct analysis_function *names_function(const struct names *names, uint32_t number);

/* Whether `text` is the function's name, the path of its file, or the end of that after a '/'. */
bool names_matches(const char *text, const struct analysis_function *function);

#endif
