/* SPDX-License-Identifier: MIT */
/* See hooks_found.h. cinstr's hooks refer to the recorder by names that a stripped file has. */
#include "hooks_found.h"

#include <string.h>

#include "symbols_file.h"

static const char *const declared[] = {
    "btowc",   "isalnum",  "isalpha", "isascii", "isblank", "iscntrl",  "isdigit", "isgraph",
    "islower", "isprint",  "ispunct", "isspace", "isupper", "isxdigit", "mbrlen",  "mbrtowc",
    "toascii", "tolower",  "toupper", "wcpcpy",  "wcrtomb", "wcscat",   "wcschr",  "wcscmp",
    "wcscpy",  "wcscspn",  "wcsdup",  "wcslen",  "wcsncat", "wcsncmp",  "wcsncpy", "wcspbrk",
    "wcsrchr", "wcsspn",   "wcsstr",  "wcstok",  "wctob",   "wcwidth",  "wmemchr", "wmemcmp",
    "wmemcpy", "wmemmove", "wmemset"};

static void look_for_redefined(struct hooks_found *hooks, const GElf_Sym *symbol,
                               const char *name) {
    if (GELF_ST_TYPE(symbol->st_info) != STT_FUNC || GELF_ST_BIND(symbol->st_info) == STB_LOCAL)
        return;
    for (size_t i = 0; i < sizeof(declared) / sizeof(declared[0]); i++) {
        if (strcmp(name, declared[i]) == 0)
            strcpy(hooks->redefined, name);
    }
}

static void look_at(struct hooks_found *hooks, const GElf_Sym *symbol, const char *name) {
    const bool is_defined = symbol->st_shndx != SHN_UNDEF;
    if (strcmp(name, "__cyg_profile_func_enter") == 0) {
        hooks->calls |= !is_defined;
        hooks->defines |= is_defined;
    } else if (strcmp(name, "cinstr1_enter_place") == 0) {
        hooks->calls |= !is_defined;
    } else if (strcmp(name, "cinstr_slow_enter") == 0) {
        hooks->has_recorder = true;
    } else if (is_defined) {
        look_for_redefined(hooks, symbol, name);
    }
}

static void look_through(struct hooks_found *hooks, Elf *elf, Elf_Scn *section) {
    GElf_Shdr header;
    GElf_Sym symbol;
    if (gelf_getshdr(section, &header) == NULL ||
        (header.sh_type != SHT_SYMTAB && header.sh_type != SHT_DYNSYM))
        return;
    Elf_Data *data = elf_getdata(section, NULL);
    for (int i = 1; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
        const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
        if (name != NULL)
            look_at(hooks, &symbol, name);
    }
}

struct hooks_found hooks_found_in(const char *path) {
    struct hooks_found hooks = {.is_elf = false};
    struct symbols_elf file = {.elf = NULL};
    Elf_Scn *section = NULL;
    if (symbols_elf_open(&file, path) != 0)
        return hooks;
    hooks.is_elf = true;
    while ((section = elf_nextscn(file.elf, section)) != NULL)
        look_through(&hooks, file.elf, section);
    hooks.defines = hooks.defines && !hooks.has_recorder;
    symbols_elf_close(&file);
    return hooks;
}
