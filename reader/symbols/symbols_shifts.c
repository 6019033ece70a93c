/* SPDX-License-Identifier: MIT */
/*
 * From addresses of a process to those in the files that it had mapped (see symbols.h). Uses
 * program headers alone.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include <gelf.h>

#include "reader/profile/profile.h"
#include "symbols.h"

/* A segment is mapped from the beginning of the page that it begins in. */
static bool holds(const GElf_Phdr *segment, uint64_t offset) {
    const uint64_t start =
        segment->p_offset - (segment->p_align == 0 ? 0 : segment->p_offset % segment->p_align);
    return segment->p_type == PT_LOAD && (segment->p_flags & PF_X) != 0 && offset >= start &&
           offset - start < segment->p_filesz + (segment->p_offset - start);
}

/* The file's address of what was loaded from `offset`; if the file does not say, the offset
 * itself, which is the same for most files. */
static uint64_t find_address(Elf *elf, uint64_t offset) {
    size_t count = 0;
    if (elf == NULL || elf_getphdrnum(elf, &count) != 0)
        return offset;
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) != NULL && holds(&header, offset))
            return offset - header.p_offset + header.p_vaddr;
    }
    return offset;
}

static uint64_t find_shift(const struct profile_mapping *mapping) {
    const int fd = open(mapping->file, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    Elf *elf = NULL;
    if (fd >= 0 && elf_version(EV_CURRENT) != EV_NONE)
        elf = elf_begin(fd, ELF_C_READ, NULL);
    const uint64_t shift = find_address(elf, mapping->offset) - mapping->start;
    elf_end(elf);
    if (fd >= 0)
        close(fd);
    return shift;
}

uint64_t *symbols_shifts(const struct profile *profile) {
    uint64_t *shifts = calloc((size_t)profile->mapping_count + 1, sizeof(*shifts));
    for (uint32_t i = 0; shifts != NULL && i < profile->mapping_count; i++)
        shifts[i] = find_shift(&profile->mappings[i]);
    return shifts;
}
