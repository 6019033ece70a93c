/* SPDX-License-Identifier: MIT */
/*
 * ELF symbols as a sorted table (see symbols_table.h). Called by symbols.c. libelf checks every
 * index and string offset; symbols outside the code are left out.
 */
#include "symbols_table.h"

#include <stdlib.h>
#include <string.h>

#include <gelf.h>

#include <cinstr/hooks.h>

/* Which of several names of one address is shown: first a function rather than a label in
 * assembly or an IFUNC's resolver, then one that other files can see, then one that does not
 * look internal, then one that cannot be replaced. */
static int rank_of(const GElf_Sym *symbol, const char *name) {
    const bool is_mangled = name[0] == '_' && (name[1] == 'Z' || name[1] == 'R');
    return 16 * (GELF_ST_TYPE(symbol->st_info) == STT_NOTYPE) +
           8 * (GELF_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC) +
           4 * (GELF_ST_BIND(symbol->st_info) == STB_LOCAL) + 2 * (name[0] == '_' && !is_mangled) +
           1 * (GELF_ST_BIND(symbol->st_info) == STB_WEAK);
}

static bool add(struct symbols_table *table, const GElf_Sym *symbol, uint64_t room,
                const char *name) {
    const bool is_ifunc = GELF_ST_TYPE(symbol->st_info) == STT_GNU_IFUNC;
    if (table->count == table->capacity) {
        uint32_t capacity = table->capacity == 0 ? 256 : table->capacity * 2;
        struct table_symbol *symbols =
            capacity < table->capacity ? NULL
                                       : reallocarray(table->symbols, capacity, sizeof(*symbols));
        if (symbols == NULL)
            return false;
        table->symbols = symbols;
        table->capacity = capacity;
    }
    table->symbols[table->count++] = (struct table_symbol){
        .address = symbol->st_value,
        .size = symbol->st_size,
        .room = room,
        .name = name,
        .rank = rank_of(symbol, name),
        .is_ifunc = is_ifunc,
        .is_defined = symbol->st_shndx != SHN_UNDEF,
    };
    table->has_ifuncs |= is_ifunc;
    return true;
}

/* How many bytes the symbol's section has from there on; 0: it is not known, or holds no code. */
static uint64_t room_of(Elf *elf, const GElf_Sym *symbol) {
    GElf_Shdr header;
    if (gelf_getshdr(elf_getscn(elf, symbol->st_shndx), &header) == NULL ||
        (header.sh_flags & SHF_EXECINSTR) == 0 || symbol->st_value < header.sh_addr ||
        symbol->st_value - header.sh_addr >= header.sh_size)
        return 0;
    return header.sh_size - (symbol->st_value - header.sh_addr);
}

/* An undefined function with an address is the program's stub for a library's function, whose
 * address it is everywhere. Assembly may give no type; then only symbols that other files can
 * see are functions. */
static bool is_function(const GElf_Sym *symbol, uint64_t room, const struct intervals *code) {
    const int type = GELF_ST_TYPE(symbol->st_info);
    const bool is_local = GELF_ST_BIND(symbol->st_info) == STB_LOCAL;
    return (type == STT_FUNC || type == STT_GNU_IFUNC ||
            (type == STT_NOTYPE && !is_local && room != 0)) &&
           (symbol->st_shndx != SHN_UNDEF || symbol->st_value != 0) &&
           intervals_innermost(code, symbol->st_value) != NULL;
}

static const char *whom_it_names(const char *symbol) {
    static const char external[] = CINSTR_EXTERNAL;
    const size_t length = sizeof(external) - 1;
    return strncmp(symbol, external, length) == 0 ? symbol + length : symbol;
}

/* Reads the symbols of one section. False when out of memory. */
static bool read_symbols(struct symbols_table *table, Elf *elf, Elf_Scn *section,
                         const GElf_Shdr *header, const struct intervals *code) {
    Elf_Data *data = elf_getdata(section, NULL);
    GElf_Sym symbol;
    for (int i = 1; data != NULL && gelf_getsym(data, i, &symbol) != NULL; i++) {
        const uint64_t room = room_of(elf, &symbol);
        const char *name = is_function(&symbol, room, code)
                               ? elf_strptr(elf, header->sh_link, symbol.st_name)
                               : NULL;
        if (name != NULL && name[0] != '\0' && !add(table, &symbol, room, whom_it_names(name)))
            return false;
    }
    return true;
}

static bool read_sections(struct symbols_table *table, Elf *elf, GElf_Word type,
                          const struct intervals *code) {
    Elf_Scn *section = NULL;
    GElf_Shdr header;
    while (elf != NULL && (section = elf_nextscn(elf, section)) != NULL) {
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == type &&
            !read_symbols(table, elf, section, &header, code))
            return false;
    }
    return true;
}

static int compare(const void *left, const void *right) {
    const struct table_symbol *a = left, *b = right;
    if (a->address != b->address)
        return a->address < b->address ? -1 : 1;
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return strcmp(a->name, b->name);
}

/* Keeps the best name of each address, with the largest size of its aliases. */
static void merge_aliases(struct symbols_table *table) {
    uint32_t kept = 0;
    if (table->count == 0)
        return;
    qsort(table->symbols, table->count, sizeof(*table->symbols), compare);
    for (uint32_t i = 1; i < table->count; i++) {
        struct table_symbol *best = &table->symbols[kept];
        if (table->symbols[i].address != best->address)
            table->symbols[++kept] = table->symbols[i];
        else if (table->symbols[i].size > best->size)
            best->size = table->symbols[i].size;
    }
    table->count = kept + 1;
}

/* Hand-written assembly may give no size: such a function ends at the next one, if all of them
 * are known, or at the end of its section. */
static uint64_t limit_of(const struct symbols_table *table, uint32_t index,
                         const struct intervals *code) {
    const struct table_symbol *symbol = &table->symbols[index];
    uint64_t room = intervals_innermost(code, symbol->address)->limit - symbol->address;
    if (symbol->size != 0)
        return symbol->address + (symbol->size < room ? symbol->size : room);
    if (table->is_stripped || !symbol->is_defined)
        return symbol->address + 1;
    if (symbol->room != 0 && symbol->room < room)
        room = symbol->room;
    if (index + 1 < table->count && table->symbols[index + 1].address - symbol->address < room)
        room = table->symbols[index + 1].address - symbol->address;
    return symbol->address + room;
}

bool symbols_table_read(struct symbols_table *table, const struct symbols_file *file) {
    bool is_whole = read_sections(table, file->main.elf, SHT_SYMTAB, &file->code);
    if (is_whole && table->count == 0)
        is_whole = read_sections(table, file->debug.elf, SHT_SYMTAB, &file->code);
    if (is_whole && table->count == 0) {
        table->is_stripped = true;
        is_whole = read_sections(table, file->main.elf, SHT_DYNSYM, &file->code);
    }
    return is_whole;
}

int symbols_table_fill(struct symbols_table *table, const struct symbols_file *file,
                       struct error *error) {
    bool is_whole = symbols_table_read(table, file);
    merge_aliases(table);
    for (uint32_t i = 0; is_whole && i < table->count; i++)
        is_whole = intervals_add(&table->ranges, table->symbols[i].address,
                                 limit_of(table, i, &file->code), i);
    intervals_sort(&table->ranges);
    return is_whole ? 0 : error_set(error, "out of memory: no names");
}

void symbols_table_free(struct symbols_table *table) {
    free(table->symbols);
    intervals_free(&table->ranges);
    *table = (struct symbols_table){0};
}

const char *symbols_table_name(const struct symbols_table *table, uint64_t address) {
    const struct interval *range = intervals_innermost(&table->ranges, address);
    return range == NULL ? NULL : table->symbols[range->value].name;
}

bool symbols_table_defines(const struct symbols_table *table, const char *beginning) {
    const size_t size = strlen(beginning);
    for (uint32_t i = 0; i < table->count; i++) {
        if (table->symbols[i].is_defined && strncmp(table->symbols[i].name, beginning, size) == 0)
            return true;
    }
    return false;
}
