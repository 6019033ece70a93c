/* SPDX-License-Identifier: MIT */
/*
 * What a stub in a procedure linkage table stands for when no symbol says so: a function with
 * several versions, one of which the dynamic linker chooses (an IFUNC). Code that takes the address
 * of such a function gets that of the stub. Called by symbols.c.
 */
#ifndef CINSTR_READER_SYMBOLS_PLT_H
#define CINSTR_READER_SYMBOLS_PLT_H

#include <gelf.h>

/* The resolver of the IFUNC whose stub is at `address`, both the file's own; 0: there is no such
 * stub, or no `elf`. */
uint64_t symbols_plt_resolver(Elf *elf, uint64_t address);

#endif
