/* SPDX-License-Identifier: MIT */
/*
 * An ELF file that stays mapped while it is open: libelf reads it in place.
 */
#ifndef CINSTR_READER_SYMBOLS_ELF_H
#define CINSTR_READER_SYMBOLS_ELF_H

#include <gelf.h>
#include <stdbool.h>

struct symbols_elf {
    Elf *elf; /* NULL: there is no file */
    int fd;
};

/* Opens a file that can be an executable, a library or its debug information. -1: errno says
 * why; 0 means that it is not an ELF file. */
int symbols_elf_open(struct symbols_elf *elf, const char *path);
void symbols_elf_close(struct symbols_elf *elf);

/* The contents of the section of that name; NULL: there is none, or no `elf`. */
const Elf_Data *symbols_elf_data(Elf *elf, const char *name, GElf_Shdr *header);

/* Whether it holds debug information; `elf` may be NULL. */
bool symbols_elf_has_dwarf(Elf *elf);

#endif
