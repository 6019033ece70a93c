/* SPDX-License-Identifier: MIT */
/*
 * See symbols_plt.h. A stub jumps to the target of a slot of the global offset table, and the
 * slot's relocation names the resolver. Files are untrusted: code that does not look as expected is
 * not a stub.
 */
#include "symbols_plt.h"

#include <stdbool.h>
#include <string.h>

enum { STUB = 16 }; /* bytes; the jump ends in them */

/* False: no section contains all of these bytes. */
static bool read_stub(Elf *elf, uint64_t address, uint8_t bytes[STUB]) {
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_PROGBITS ||
            (header.sh_flags & SHF_EXECINSTR) == 0 || address < header.sh_addr ||
            address - header.sh_addr >= header.sh_size)
            continue;
        const Elf_Data *data = elf_rawdata(section, NULL);
        const uint64_t offset = address - header.sh_addr;
        if (data == NULL || data->d_buf == NULL || offset > data->d_size ||
            data->d_size - offset < STUB)
            return false;
        memcpy(bytes, (const uint8_t *)data->d_buf + offset, STUB);
        return true;
    }
    return false;
}

static uint32_t word_at(const uint8_t *bytes) {
    uint32_t word;
    memcpy(&word, bytes, sizeof(word));
    return word;
}

/* jmp *slot(%rip), behind an endbr64 or bnd or not. 0: there is none. */
static uint64_t slot_of_x86_64(const uint8_t bytes[STUB], uint64_t address) {
    for (unsigned i = 0; i + 6 <= STUB; i++) {
        if (bytes[i] == 0xff && bytes[i + 1] == 0x25)
            return address + i + 6 + (uint64_t)(int64_t)(int32_t)word_at(bytes + i + 2);
    }
    return 0;
}

/* adrp x16, page; ldr x17, [x16, #offset], behind a bti or not. 0: there is none. */
static uint64_t slot_of_aarch64(const uint8_t bytes[STUB], uint64_t address) {
    for (unsigned i = 0; i + 8 <= STUB; i += 4) {
        const uint32_t adrp = word_at(bytes + i), ldr = word_at(bytes + i + 4);
        if ((adrp & 0x9f00001f) != 0x90000010 || (ldr & 0xffc003ff) != 0xf9400211)
            continue;
        const uint64_t pages = (uint64_t)(adrp >> 5 & 0x7ffff) << 2 | (adrp >> 29 & 3);
        const uint64_t distance = (pages ^ UINT64_C(0x100000)) - UINT64_C(0x100000);
        return ((address + i) & ~UINT64_C(4095)) + (distance << 12) +
               ((uint64_t)(ldr >> 10 & 0xfff) << 3);
    }
    return 0;
}

/* The resolver that the slot's relocation names, if that is one of an IFUNC. */
static uint64_t find_resolver(Elf *elf, uint64_t slot, uint64_t irelative) {
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    GElf_Rela relocation;
    while ((section = elf_nextscn(elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_RELA)
            continue;
        Elf_Data *data = elf_getdata(section, NULL);
        for (int i = 0; data != NULL && gelf_getrela(data, i, &relocation) != NULL; i++) {
            if (relocation.r_offset == slot && GELF_R_TYPE(relocation.r_info) == irelative)
                return (uint64_t)relocation.r_addend;
        }
    }
    return 0;
}

uint64_t symbols_plt_resolver(Elf *elf, uint64_t address) {
    uint8_t bytes[STUB];
    GElf_Ehdr header;
    if (elf == NULL || gelf_getehdr(elf, &header) == NULL || !read_stub(elf, address, bytes))
        return 0;
    if (header.e_machine == EM_X86_64)
        return find_resolver(elf, slot_of_x86_64(bytes, address), R_X86_64_IRELATIVE);
    if (header.e_machine == EM_AARCH64)
        return find_resolver(elf, slot_of_aarch64(bytes, address), R_AARCH64_IRELATIVE);
    return 0;
}
