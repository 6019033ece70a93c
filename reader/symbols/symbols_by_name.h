/* SPDX-License-Identifier: MIT */
/*
 * The functions of a module's symbol table by their names, aliases and all. Made only where names
 * have to be looked for: of two functions of one name, and of those that come in several versions.
 * Called by symbols.c.
 */
#ifndef CINSTR_READER_SYMBOLS_BY_NAME_H
#define CINSTR_READER_SYMBOLS_BY_NAME_H

#include "symbols_table.h"

struct symbols_by_name { /* starts all zero */
    struct symbols_table table;
    bool is_made;
};

/* Where the function of that name is defined, an address of the file's own; 0: nowhere. A version
 * behind the name ("@V1") counts for nothing. */
uint64_t symbols_by_name_find(struct symbols_by_name *names, const struct symbols_file *file,
                              const char *name);

/* Compilers make several versions of a function ("sum.avx2", "sum.default"), and an IFUNC of its
 * name or of that and ".ifunc". How much of `name`, which is a version, is the function's; all of
 * it if it is none. */
size_t symbols_by_name_plain(struct symbols_by_name *names, const struct symbols_file *file,
                             const char *name);

/* Where one of the versions is whose names begin with `size` bytes of `name`; 0: there is none. */
uint64_t symbols_by_name_version(struct symbols_by_name *names, const struct symbols_file *file,
                                 const char *name, size_t size);

void symbols_by_name_free(struct symbols_by_name *names);

#endif
