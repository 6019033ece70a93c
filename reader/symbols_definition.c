/* SPDX-License-Identifier: MIT */
/*
 * Reads the definition of a function from its DIE (see symbols_definition.h). Called by
 * symbols_scopes.c, once for each scope that is looked at. libdw checks every reference; loops of
 * them are cut here.
 */
#include "symbols_definition.h"

#include <string.h>

#include <dwarf.h>

const char *definition_path(Dwarf_Die *unit, const char *name, struct paths *paths) {
    Dwarf_Attribute attribute;

    return paths_intern(
        paths, dwarf_formstring(dwarf_attr_integrate(unit, DW_AT_comp_dir, &attribute)), name);
}

/* The file whose number the attribute holds, in the table of the unit where it stands. */
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
    return definition_path(&unit, dwarf_filesrc(files, index, NULL, NULL), paths);
}

static int64_t read_line(Dwarf_Attribute *attribute) {
    Dwarf_Word line = 0;

    return dwarf_formudata(attribute, &line) == 0 && line <= INT32_MAX ? (int64_t)line : 0;
}

static const char *read_name(const Dwarf_Die *die) {
    static const unsigned kinds[] = {DW_AT_linkage_name, DW_AT_MIPS_linkage_name, DW_AT_name};
    Dwarf_Die origin = *die;
    Dwarf_Attribute attribute;
    const char *name = NULL;

    /* The copies of a constructor have linkage names of their own: the original's counts. */
    for (int i = 0; i < 16 && dwarf_attr(&origin, DW_AT_abstract_origin, &attribute) != NULL; i++) {
        if (dwarf_formref_die(&attribute, &origin) == NULL)
            return NULL;
    }
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && name == NULL; i++)
        name = dwarf_formstring(dwarf_attr_integrate(&origin, kinds[i], &attribute));
    return name;
}

struct definition definition_read(Dwarf_Die *die, struct paths *paths) {
    Dwarf_Attribute file, line;

    return (struct definition){
        .name = read_name(die),
        .file = read_file(dwarf_attr_integrate(die, DW_AT_decl_file, &file), paths),
        .line = read_line(dwarf_attr_integrate(die, DW_AT_decl_line, &line)),
    };
}

bool definition_equals(const struct definition *a, const struct definition *b) {
    return a->line == b->line && a->file == b->file && a->name != NULL && b->name != NULL &&
           strcmp(a->name, b->name) == 0;
}

struct definition definition_read_call(Dwarf_Die *die, struct paths *paths) {
    Dwarf_Attribute file, line;

    return (struct definition){
        .file = read_file(dwarf_attr(die, DW_AT_call_file, &file), paths),
        .line = read_line(dwarf_attr(die, DW_AT_call_line, &line)),
    };
}
