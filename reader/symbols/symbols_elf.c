/* SPDX-License-Identifier: MIT */
/*
 * ELF files and their sections, by libelf, which checks what it reads.
 */
#include "symbols_elf.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int symbols_elf_open(struct symbols_elf *elf, const char *path) {
    /* A path from a segment may name anything: opening must not wait for a pipe or affect a
     * terminal. */
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;
    if (fd == -1)
        return -1;
    elf_version(EV_CURRENT);
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        *elf = (struct symbols_elf){.elf = elf_begin(fd, ELF_C_READ_MMAP, NULL), .fd = fd};
    if (elf->elf != NULL && elf_kind(elf->elf) == ELF_K_ELF)
        return 0;
    elf_end(elf->elf);
    elf->elf = NULL;
    close(fd);
    errno = 0;
    return -1;
}

void symbols_elf_close(struct symbols_elf *elf) {
    if (elf->elf == NULL)
        return;
    elf_end(elf->elf);
    close(elf->fd);
    elf->elf = NULL;
}

static Elf_Scn *find_section(Elf *elf, const char *wanted, GElf_Shdr *header) {
    Elf_Scn *section = NULL;
    size_t names = 0;
    if (elf == NULL || elf_getshdrstrndx(elf, &names) != 0)
        return NULL;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        const char *name =
            gelf_getshdr(section, header) == NULL ? NULL : elf_strptr(elf, names, header->sh_name);
        if (name != NULL && header->sh_type != SHT_NOBITS && strcmp(name, wanted) == 0)
            return section;
    }
    return NULL;
}

const Elf_Data *symbols_elf_data(Elf *elf, const char *name, GElf_Shdr *header) {
    Elf_Scn *section = find_section(elf, name, header);
    return section != NULL && header->sh_type == SHT_PROGBITS ? elf_rawdata(section, NULL) : NULL;
}

bool symbols_elf_has_dwarf(Elf *elf) {
    GElf_Shdr header;
    return find_section(elf, ".debug_info", &header) != NULL ||
           find_section(elf, ".zdebug_info", &header) != NULL;
}
