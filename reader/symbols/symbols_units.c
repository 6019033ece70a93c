/* SPDX-License-Identifier: MIT */
/*
 * Walks the DIEs of a compile unit (see symbols_units.h). Called by symbols_scopes.c. Debug
 * information is untrusted: depth, direction and number of ranges are limited, so that a broken
 * file costs no more than an honest one of its size.
 */
#include "symbols_units.h"

#include <stdlib.h>

#include <dwarf.h>

#define MAX_DEPTH 256

bool unit_add_ranges(struct scopes *scopes, struct intervals *ranges, Dwarf_Die *die,
                     uint32_t value) {
    Dwarf_Addr base, start, limit;
    ptrdiff_t next = 0;
    while (scopes->budget != 0 && (next = dwarf_ranges(die, next, &base, &start, &limit)) > 0) {
        scopes->budget--;
        /* Code that the linker removed begins at 0, or where there is no code. */
        if (intervals_innermost(scopes->code, start) != NULL &&
            !intervals_add(ranges, start, limit, value))
            return false;
    }
    return true;
}

static bool add_scope(struct scopes *scopes, struct unit *unit, Dwarf_Die *die, bool is_inlined) {
    const uint32_t ranges = unit->ranges.count;
    if (!unit_add_ranges(scopes, &unit->ranges, die, unit->count))
        return false;
    if (unit->ranges.count == ranges)
        return true; /* it is abstract, or a declaration */
    if (unit->count == unit->capacity) {
        uint32_t capacity = unit->capacity == 0 ? 64 : unit->capacity * 2;
        struct scope *grown =
            capacity < unit->capacity ? NULL : reallocarray(unit->scopes, capacity, sizeof(*grown));
        if (grown == NULL)
            return false;
        unit->scopes = grown;
        unit->capacity = capacity;
    }
    unit->scopes[unit->count++] = (struct scope){.die = *die, .is_inlined = is_inlined};
    return true;
}

/* False when out of memory. */
static bool walk(struct scopes *scopes, struct unit *unit, Dwarf_Die *parent, int depth) {
    Dwarf_Die die;
    int end = depth == MAX_DEPTH ? 1 : dwarf_child(parent, &die);
    for (; end == 0; end = dwarf_siblingof(&die, &die)) {
        if (die.addr <= unit->last)
            return true; /* a sibling that is no sibling */
        unit->last = die.addr;
        switch (dwarf_tag(&die)) {
        case DW_TAG_subprogram:
        case DW_TAG_inlined_subroutine:
            if (!add_scope(scopes, unit, &die, dwarf_tag(&die) == DW_TAG_inlined_subroutine))
                return false;
            /* fall through */
        case DW_TAG_lexical_block:
        case DW_TAG_try_block:
        case DW_TAG_catch_block:
        case DW_TAG_namespace:
        case DW_TAG_module:
        case DW_TAG_class_type:
        case DW_TAG_structure_type:
        case DW_TAG_union_type:
            if (!walk(scopes, unit, &die, depth + 1))
                return false;
            break;
        default:
            break;
        }
    }
    return true;
}

void unit_walk(struct scopes *scopes, struct unit *unit) {
    Dwarf_Die root = unit->die, split;
    uint8_t type = 0;
    if (unit->is_walked)
        return;
    unit->is_walked = true;
    if (dwarf_cu_info(root.cu, NULL, &type, NULL, NULL, NULL, NULL, NULL) == 0 &&
        type == DW_UT_skeleton) {
        if (dwarf_cu_info(root.cu, NULL, NULL, NULL, &split, NULL, NULL, NULL) == 0 &&
            split.addr != NULL) {
            root = split;
            dwarf_new_oom_handler(dwarf_cu_getdwarf(split.cu), scopes->out_of_memory);
        } else {
            scopes->lacks_split = true;
        }
    }
    if (!walk(scopes, unit, &root, 0))
        scopes->is_cut = true;
    intervals_sort(&unit->ranges);
}
