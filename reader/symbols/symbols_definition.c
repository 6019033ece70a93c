/* SPDX-License-Identifier: MIT */
/*
 * Reads the definition of a function from its DIE (see symbols_definition.h). Called by
 * symbols_scopes.c, once for each scope that is looked at. libdw checks every reference; loops
 * among them are ended here.
 */
#include "symbols_definition.h"

#include <string.h>

#include <dwarf.h>

static const char *absolute(Dwarf_Die *unit, const char *name, struct paths *paths) {
    Dwarf_Attribute attribute;
    return paths_intern(
        paths, dwarf_formstring(dwarf_attr_integrate(unit, DW_AT_comp_dir, &attribute)), name);
}

/* The file whose number the attribute holds, in the file table of its unit. */
static const char *read_file(Dwarf_Attribute *attribute, struct paths *paths) {
    Dwarf_Half version = 0;
    Dwarf_Word index = 0;
    Dwarf_Die unit;
    Dwarf_Files *files;
    size_t count = 0;
    if (dwarf_formudata(attribute, &index) != 0 ||
        dwarf_cu_info(attribute->cu, &version, NULL, &unit, NULL, NULL, NULL, NULL) != 0 ||
        dwarf_getsrcfiles(&unit, &files, &count) != 0 || index >= count ||
        (index == 0 && version < 5))
        return "";
    return absolute(&unit, dwarf_filesrc(files, index, NULL, NULL), paths);
}

static int64_t read_line(Dwarf_Attribute *attribute) {
    Dwarf_Word line = 0;
    return dwarf_formudata(attribute, &line) == 0 && line <= INT32_MAX ? (int64_t)line : 0;
}

/* The copies of a constructor have linkage names of their own; the name of the original is used. */
static Dwarf_Die find_origin(const Dwarf_Die *die) {
    Dwarf_Die origin = *die, next;
    Dwarf_Attribute attribute;
    for (int i = 0; i < 16 && dwarf_attr(&origin, DW_AT_abstract_origin, &attribute) != NULL &&
                    dwarf_formref_die(&attribute, &next) != NULL;
         i++)
        origin = next;
    return origin;
}

static const char *read_name(Dwarf_Die *die) {
    static const unsigned kinds[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name};
    Dwarf_Attribute attribute;
    const char *name = NULL;
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && name == NULL; i++)
        name = dwarf_formstring(dwarf_attr_integrate(die, kinds[i], &attribute));
    return name;
}

struct definition definition_read(Dwarf_Die *die, struct paths *paths) {
    Dwarf_Die origin = find_origin(die);
    Dwarf_Attribute file, line;
    return (struct definition){
        .origin = origin.addr,
        .name = read_name(&origin),
        .file = read_file(dwarf_attr_integrate(die, DW_AT_decl_file, &file), paths),
        .line = read_line(dwarf_attr_integrate(die, DW_AT_decl_line, &line)),
    };
}

bool definition_equals(const struct definition *a, const struct definition *b) {
    return a->origin == b->origin ||
           (a->line != 0 && a->line == b->line && a->file == b->file && a->name != NULL &&
            b->name != NULL && strcmp(a->name, b->name) == 0);
}

struct definition definition_read_call(Dwarf_Die *die, struct paths *paths) {
    Dwarf_Attribute file, line;
    return (struct definition){
        .file = read_file(dwarf_attr(die, DW_AT_call_file, &file), paths),
        .line = read_line(dwarf_attr(die, DW_AT_call_line, &line)),
    };
}

struct definition definition_read_row(Dwarf_Die *unit, uint64_t address, struct paths *paths) {
    Dwarf_Line *row = dwarf_getsrc_die(unit, address);
    int line = 0;
    if (row == NULL || dwarf_lineno(row, &line) != 0 || line <= 0)
        return (struct definition){.file = ""};
    return (struct definition){
        .file = absolute(unit, dwarf_linesrc(row, NULL, NULL), paths),
        .line = line,
    };
}
