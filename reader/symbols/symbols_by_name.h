/* SPDX-License-Identifier: MIT */
/*
 * The functions of a module's symbol table by name, with aliases. Made only where names have to be
 * looked up: for functions that share a name, and for those that come in several versions. Called
 * by symbols.c.
 */
#ifndef CINSTR_READER_SYMBOLS_BY_NAME_H
#define CINSTR_READER_SYMBOLS_BY_NAME_H

#include "symbols_table.h"

struct symbols_by_name { /* starts all zero */
    struct symbols_table table;
    bool is_made;
};

/* The address in the file of the function of that name; 0: there is none. A version
 * after the name ("@V1") is ignored. */
uint64_t symbols_by_name_find(struct symbols_by_name *names, const struct symbols_file *file,
                              const char *name);

/* Compilers make several versions of a function ("sum.avx2", "sum.default"), and an IFUNC with
 * its name, or its name and ".ifunc". Returns how many characters of `name`, a version, are the
 * function's name; all of them if it is not a version. */
size_t symbols_by_name_plain(struct symbols_by_name *names, const struct symbols_file *file,
                             const char *name);

/* The address of a version whose name begins with the first `size` bytes of `name`; 0: there is
 * none. */
uint64_t symbols_by_name_version(struct symbols_by_name *names, const struct symbols_file *file,
                                 const char *name, size_t size);

void symbols_by_name_free(struct symbols_by_name *names);

#endif
