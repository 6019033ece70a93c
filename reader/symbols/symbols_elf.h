/* SPDX-License-Identifier: MIT */
/*
 * One ELF file that stays mapped while it is open: libelf reads it in place.
 */
#ifndef CINSTR_READER_SYMBOLS_ELF_H
#define CINSTR_READER_SYMBOLS_ELF_H

#include <gelf.h>
#include <stdbool.h>

struct symbols_elf {
    Elf *elf; /* NULL: not there */
    int fd;
};

/* One file that can be an executable, a library or its debug information. -1: errno tells why, 0
 * that it is no ELF file. */
int symbols_elf_open(struct symbols_elf *elf, const char *path);
void symbols_elf_close(struct symbols_elf *elf);

/* What the section of that name holds; NULL: there is none, or no `elf`. */
const Elf_Data *symbols_elf_data(Elf *elf, const char *name, GElf_Shdr *header);

/* Whether it holds debug information; `elf` may be NULL. */
bool symbols_elf_has_dwarf(Elf *elf);

#endif
