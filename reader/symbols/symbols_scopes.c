/* SPDX-License-Identifier: MIT */
/*
 * Functions and lines of a module by its debug information (see symbols_scopes.h). Called by
 * symbols.c. Asks libdw for nothing whose cost grows with the size of a unit.
 */
#include "symbols_scopes.h"

#include <stdlib.h>
#include <string.h>

#include <dwarf.h>

#include "symbols_units.h"

static bool add_unit(struct scopes *scopes, Dwarf_Die *die) {
    if (scopes->count == scopes->capacity) {
        uint32_t capacity = scopes->capacity == 0 ? 16 : scopes->capacity * 2;
        struct unit *units = capacity < scopes->capacity
                                 ? NULL
                                 : reallocarray(scopes->units, capacity, sizeof(*units));
        if (units == NULL)
            return false;
        scopes->units = units;
        scopes->capacity = capacity;
    }
    if (!unit_add_ranges(scopes, &scopes->ranges, die, scopes->count))
        return false;
    scopes->units[scopes->count++] = (struct unit){.die = *die};
    return true;
}

int scopes_open(struct scopes *scopes, Elf *elf, const struct intervals *code,
                Dwarf_OOM out_of_memory, struct error *error) {
    Dwarf_CU *unit = NULL;
    Dwarf_Die die;
    uint8_t type = 0;
    size_t size = 0;
    scopes->code = code;
    scopes->out_of_memory = out_of_memory;
    scopes->dwarf = dwarf_begin_elf(elf, DWARF_C_READ, NULL);
    if (scopes->dwarf == NULL)
        return error_set(error, "its debug information is unreadable (%s): no lines",
                         dwarf_errmsg(-1));
    dwarf_new_oom_handler(scopes->dwarf, out_of_memory);
    if (dwarf_getalt(scopes->dwarf) != NULL)
        dwarf_new_oom_handler(dwarf_getalt(scopes->dwarf), out_of_memory);
    elf_rawfile(elf, &size);
    scopes->budget = size;
    while (dwarf_get_units(scopes->dwarf, unit, &unit, NULL, &type, &die, NULL) == 0) {
        if ((type == DW_UT_compile || type == DW_UT_skeleton) && !add_unit(scopes, &die))
            return error_set(error, "out of memory: no lines");
    }
    intervals_sort(&scopes->ranges);
    return 0;
}

void scopes_close(struct scopes *scopes) {
    for (uint32_t i = 0; i < scopes->count; i++) {
        intervals_free(&scopes->units[i].ranges);
        free(scopes->units[i].scopes);
    }
    free(scopes->units);
    intervals_free(&scopes->ranges);
    paths_free(&scopes->paths);
    dwarf_end(scopes->dwarf);
    *scopes = (struct scopes){0};
}

/* The unit with code at the address, and the innermost scope there. Several units may describe
 * an inline function of a header; any of them is right. */
static struct unit *find(struct scopes *scopes, uint64_t address, const struct interval **range) {
    const struct interval *at = intervals_innermost(&scopes->ranges, address);
    for (; at != NULL; at = intervals_outer(&scopes->ranges, at, address)) {
        struct unit *unit = &scopes->units[at->value];
        unit_walk(scopes, unit);
        *range = intervals_innermost(&unit->ranges, address);
        if (*range != NULL)
            return unit;
    }
    return NULL;
}

static struct definition *read_scope(struct scopes *scopes, struct scope *scope) {
    if (!scope->is_read)
        scope->definition = definition_read(&scope->die, &scopes->paths);
    scope->is_read = true;
    return &scope->definition;
}

/* A function that the compiler made, such as a lambda, has no place of its own in the source:
 * that of its first code is used. */
static void place(struct scopes *scopes, struct unit *unit, struct definition *definition,
                  uint64_t start) {
    struct definition row;
    if (definition->file[0] != '\0' && definition->line != 0)
        return;
    row = definition_read_row(&unit->die, start, &scopes->paths);
    definition->file = row.file;
    definition->line = row.line;
}

const struct definition *scopes_function(struct scopes *scopes, uint64_t address,
                                         const char *name) {
    const struct interval *range = NULL;
    struct unit *unit = find(scopes, address, &range);
    const struct definition *first = NULL;
    for (; unit != NULL && range != NULL; range = intervals_outer(&unit->ranges, range, address)) {
        struct scope *scope = &unit->scopes[range->value];
        struct definition *definition;
        if (scope->is_inlined)
            continue;
        definition = read_scope(scopes, scope);
        place(scopes, unit, definition, range->start);
        if (first == NULL)
            first = definition;
        if (name != NULL && definition->name != NULL && strcmp(definition->name, name) == 0)
            return definition;
    }
    return first;
}

int64_t scopes_line(struct scopes *scopes, const struct definition *function, uint64_t address) {
    const struct interval *range = NULL;
    struct unit *unit = find(scopes, address, &range);
    struct scope *inner = NULL;
    struct definition code;
    while (unit != NULL && range != NULL &&
           !definition_equals(read_scope(scopes, &unit->scopes[range->value]), function)) {
        inner = &unit->scopes[range->value];
        range = intervals_outer(&unit->ranges, range, address);
    }
    if (unit == NULL || range == NULL)
        return 0;
    /* Code that was inlined into the function, and has no hooks of its own, gets the line of its
     * call. */
    if (inner != NULL && inner->is_inlined)
        code = definition_read_call(&inner->die, &scopes->paths);
    else
        code = definition_read_row(&unit->die, address, &scopes->paths);
    return code.file == function->file ? code.line : 0;
}

struct definition scopes_row(struct scopes *scopes, uint64_t address) {
    const struct interval *at = intervals_innermost(&scopes->ranges, address);
    return at == NULL ? (struct definition){.file = ""}
                      : definition_read_row(&scopes->units[at->value].die, address, &scopes->paths);
}
