/* SPDX-License-Identifier: MIT */
/*
 * Reads call frame information: finds the FDE that covers an address in the binary search table of
 * a module's .eh_frame_hdr, and executes its instructions up to that address. See DWARF 4, 6.4, and
 * the Linux Standard Base for the differences of .eh_frame. It runs in signal handlers: it reads
 * memory of loaded modules, and allocates nothing. Anything unknown makes it fail.
 */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "unwind.h"

/* --- numbers ---------------------------------------------------------------------------------- */

static uint64_t read_uleb(const uint8_t **at, const uint8_t *end) {
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64; shift += 7) {
        const uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        if ((byte & 0x80) == 0)
            break;
    }
    return value;
}

static int64_t read_sleb(const uint8_t **at, const uint8_t *end) {
    uint64_t value = 0;
    for (unsigned shift = 0; *at < end && shift < 64;) {
        const uint8_t byte = *(*at)++;
        value |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
        if ((byte & 0x80) == 0) {
            if ((byte & 0x40) != 0 && shift < 64)
                value |= UINT64_MAX << shift;
            break;
        }
    }
    return (int64_t)value;
}

static uint64_t read_fixed(const uint8_t **at, const uint8_t *end, unsigned size) {
    uint64_t value = 0;
    if ((uint64_t)(end - *at) < size) {
        *at = end;
        return 0;
    }
    memcpy(&value, *at, size);
    *at += size;
    return value;
}

#define PC_RELATIVE  0x10
#define SIGNED_WORD  0x0b /* 4 bytes */
#define SEARCH_TABLE 0x3b /* 4 bytes, signed, from the start of the header */

/* DW_EH_PE: how an address is written. */
static bool read_address(const uint8_t **at, const uint8_t *end, uint8_t how, uint64_t *address) {
    const uint64_t place = (uintptr_t)*at;
    switch (how & 0x0f) {
    case 0x00:
    case 0x04:
    case 0x0c:
        *address = read_fixed(at, end, 8);
        break;
    case 0x02:
        *address = read_fixed(at, end, 2);
        break;
    case 0x03:
        *address = read_fixed(at, end, 4);
        break;
    case SIGNED_WORD:
        *address = (uint64_t)(int32_t)read_fixed(at, end, 4);
        break;
    default:
        return false;
    }
    if ((how & 0x70) == PC_RELATIVE)
        *address += place;
    return (how & 0x70) == PC_RELATIVE || (how & 0x70) == 0;
}

/* --- which FDE -------------------------------------------------------------------------------- */

static const uint8_t *search(const uint8_t *header, uint64_t pc) {
    struct entry {
        int32_t start, fde;
    };
    const struct entry *table = (const struct entry *)(const void *)(header + 12);
    const int64_t wanted = (int64_t)(pc - (uintptr_t)header);
    uint32_t low = 0, high;

    if (header[0] != 1 || header[1] != (PC_RELATIVE | SIGNED_WORD) || header[2] != 0x03 ||
        header[3] != SEARCH_TABLE)
        return NULL;
    memcpy(&high, header + 8, sizeof(high));
    while (low < high) {
        const uint32_t middle = low + (high - low) / 2;
        if (table[middle].start <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low == 0 ? NULL : header + table[low - 1].fde;
}

/* What is between a CIE's fixed fields and its instructions. */
static bool read_augmentation(struct unwind_rules *rules, const char *letters, const uint8_t **at,
                              uint8_t *how) {
    const uint8_t *end;
    uint64_t size, unused;
    *how = 0;
    if (*letters == '\0')
        return true;
    if (*letters++ != 'z')
        return false;
    size = read_uleb(at, rules->end);
    if (size > (uint64_t)(rules->end - *at))
        return false;
    end = *at + size;
    for (; *letters != '\0'; letters++) {
        if (*letters == 'R')
            *how = (uint8_t)read_fixed(at, end, 1);
        else if (*letters == 'L')
            (*at)++;
        else if (*letters == 'S')
            rules->is_signal = true;
        else if (*letters == 'P') {
            const uint8_t personality = (uint8_t)read_fixed(at, end, 1);
            if (!read_address(at, end, personality & 0x7f, &unused))
                return false;
        } else if (*letters != 'B')
            return false;
    }
    *at = end;
    return true;
}

static bool read_cie(const uint8_t *at, struct unwind_rules *rules, uint8_t *how, bool *has_size) {
    const uint8_t *limit = at + 4;
    const uint32_t length = (uint32_t)read_fixed(&at, limit, 4);
    const char *letters;
    uint8_t version;
    rules->end = at + length;
    if (length == UINT32_MAX || read_fixed(&at, rules->end, 4) != 0)
        return false;
    version = (uint8_t)read_fixed(&at, rules->end, 1);
    letters = (const char *)at;
    at += strnlen(letters, (size_t)(rules->end - at)) + 1;
    if (version != 1 || at >= rules->end)
        return false;
    rules->code_align = read_uleb(&at, rules->end);
    rules->data_align = read_sleb(&at, rules->end);
    if (read_uleb(&at, rules->end) != UNWIND_RETURN)
        return false;
    *has_size = letters[0] == 'z';
    rules->is_signal = false;
    if (!read_augmentation(rules, letters, &at, how))
        return false;
    rules->instructions = at;
    return true;
}

bool unwind_find_rules(const uint8_t *header, uint64_t pc, struct unwind_rules *rules) {
    const uint8_t *at = search(header, pc), *cie;
    uint64_t size = 0;
    uint32_t length, back;
    uint8_t how;
    bool has_size;
    if (at == NULL)
        return false;
    length = (uint32_t)read_fixed(&at, at + 4, 4);
    rules->own_end = at + length;
    cie = at;
    back = (uint32_t)read_fixed(&at, rules->own_end, 4);
    if (length == UINT32_MAX || back == 0 || !read_cie(cie - back, rules, &how, &has_size) ||
        !read_address(&at, rules->own_end, how, &rules->start) ||
        !read_address(&at, rules->own_end, how & 0x0f, &size))
        return false;
    if (has_size) {
        const uint64_t skipped = read_uleb(&at, rules->own_end);
        at += skipped;
    }
    rules->own_instructions = at;
    return at <= rules->own_end && pc - rules->start < size;
}

/* --- what it says ----------------------------------------------------------------------------- */

#define REMEMBERED 4u

struct machine {
    const struct unwind_rules *rules;
    struct unwind_row *row;
    const struct unwind_row *initial; /* NULL while those of the CIE itself run */
    struct unwind_row stack[REMEMBERED];
    unsigned depth;
    uint64_t at, pc;
};

static bool set(struct machine *machine, uint64_t number, enum unwind_rule rule, int64_t offset) {
    if (number < UNWIND_REGISTERS) { /* other registers (vectors) are not followed */
        machine->row->registers[number].rule = (uint8_t)rule;
        machine->row->registers[number].offset = (int32_t)offset;
    }
    return true;
}

static bool set_initial(struct machine *machine, uint64_t number) {
    if (machine->initial == NULL)
        return false;
    if (number < UNWIND_REGISTERS)
        machine->row->registers[number] = machine->initial->registers[number];
    return true;
}

/* The only expression that linkers write: rsp + 8 + (rip & 15 >= 11) * 8. */
static bool set_cfa_expression(struct machine *machine, const uint8_t **at, const uint8_t *end) {
    static const uint8_t plt[] = {0x77, 0x08, 0x80, 0x00, 0x3f, 0x1a};
    const uint64_t size = read_uleb(at, end);
    const uint8_t *expression = *at;
    if (size > (uint64_t)(end - *at))
        return false;
    *at += size;
    machine->row->is_plt =
        size >= sizeof(plt) && memcmp(expression, plt, sizeof(plt)) == 0 && UNWIND_SP == 7;
    return machine->row->is_plt;
}

static bool set_cfa(struct machine *machine, uint64_t number, int64_t offset) {
    machine->row->cfa_register = number;
    machine->row->cfa_offset = offset;
    machine->row->is_plt = false;
    return true;
}

static bool advance(struct machine *machine, uint64_t delta) {
    machine->at += delta * machine->rules->code_align;
    return true;
}

static bool run_remembering(struct machine *machine, uint8_t code) {
    if (code == 0x0a) {
        if (machine->depth == REMEMBERED)
            return false;
        machine->stack[machine->depth++] = *machine->row;
        return true;
    }
    if (machine->depth == 0)
        return false;
    *machine->row = machine->stack[--machine->depth];
    return true;
}

/* DW_CFA_*: how registers are found. */
static bool run_register(struct machine *machine, uint8_t code, const uint8_t **at,
                         const uint8_t *end) {
    const int64_t align = machine->rules->data_align;
    const uint64_t number = read_uleb(at, end);
    switch (code) {
    case 0x05: /* offset_extended */
        return set(machine, number, RULE_SAVED, (int64_t)read_uleb(at, end) * align);
    case 0x06: /* restore_extended */
        return set_initial(machine, number);
    case 0x07: /* undefined */
        return set(machine, number, RULE_UNDEFINED, 0);
    case 0x08: /* same_value */
        return set(machine, number, RULE_SAME, 0);
    case 0x09: /* register */
        return set(machine, number, RULE_REGISTER, (int64_t)read_uleb(at, end));
    case 0x11: /* offset_extended_sf */
        return set(machine, number, RULE_SAVED, read_sleb(at, end) * align);
    case 0x14: /* val_offset */
        return set(machine, number, RULE_VALUE, (int64_t)read_uleb(at, end) * align);
    case 0x2e: /* GNU_args_size */
        return true;
    default:
        return false;
    }
}

/* DW_CFA_*: how the CFA is found. */
static bool run_cfa(struct machine *machine, uint8_t code, const uint8_t **at, const uint8_t *end) {
    const int64_t align = machine->rules->data_align;
    uint64_t number;
    switch (code) {
    case 0x0c: /* def_cfa */
        number = read_uleb(at, end);
        return set_cfa(machine, number, (int64_t)read_uleb(at, end));
    case 0x0d: /* def_cfa_register */
        return set_cfa(machine, read_uleb(at, end), machine->row->cfa_offset);
    case 0x0e: /* def_cfa_offset */
        return set_cfa(machine, machine->row->cfa_register, (int64_t)read_uleb(at, end));
    case 0x0f:
        return set_cfa_expression(machine, at, end);
    case 0x12: /* def_cfa_sf */
        number = read_uleb(at, end);
        return set_cfa(machine, number, read_sleb(at, end) * align);
    case 0x13: /* def_cfa_offset_sf */
        return set_cfa(machine, machine->row->cfa_register, read_sleb(at, end) * align);
    default:
        return run_register(machine, code, at, end);
    }
}

/* DW_CFA_* other than those with an operand in the low six bits. */
static bool run_extended(struct machine *machine, uint8_t code, const uint8_t **at,
                         const uint8_t *end) {
    switch (code) {
    case 0x00: /* nop */
    case 0x2d: /* arm64: the return address is signed from here on */
        return true;
    case 0x02: /* advance_loc1, 2, 4 */
        return advance(machine, read_fixed(at, end, 1));
    case 0x03:
        return advance(machine, read_fixed(at, end, 2));
    case 0x04:
        return advance(machine, read_fixed(at, end, 4));
    case 0x0a: /* remember_state, restore_state */
    case 0x0b:
        return run_remembering(machine, code);
    default:
        return run_cfa(machine, code, at, end);
    }
}

static bool run(struct machine *machine, const uint8_t *at, const uint8_t *end) {
    bool is_fine = true;
    while (is_fine && at < end && machine->at <= machine->pc) {
        const uint8_t code = *at++, low = code & 0x3f;
        switch (code >> 6) {
        case 1:
            is_fine = advance(machine, low);
            break;
        case 2:
            is_fine = set(machine, low, RULE_SAVED,
                          (int64_t)read_uleb(&at, end) * machine->rules->data_align);
            break;
        case 3:
            is_fine = set_initial(machine, low);
            break;
        default:
            is_fine = run_extended(machine, code, &at, end);
        }
    }
    return is_fine;
}

bool unwind_run_rules(const struct unwind_rules *rules, uint64_t pc, struct unwind_row *row) {
    struct machine machine = {.rules = rules, .row = row, .at = rules->start, .pc = pc};
    struct unwind_row initial;
    memset(row, 0, sizeof(*row));
    if (!run(&machine, rules->instructions, rules->end))
        return false;
    initial = *row;
    machine.initial = &initial;
    machine.at = rules->start;
    return run(&machine, rules->own_instructions, rules->own_end);
}
