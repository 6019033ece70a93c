/* SPDX-License-Identifier: MIT */
/*
 * Unwinds a stack within a signal handler (unwind.c), for programs without hooks. Used by
 * sampler_stack.c and charge_stack.c.
 */
#ifndef CINSTR_RUNTIME_UNWIND_H
#define CINSTR_RUNTIME_UNWIND_H

#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#if defined(__x86_64__)
#define UNWIND_REGISTERS 17u /* DWARF's numbers: 16 is the return address */
#define UNWIND_SP        7u
#define UNWIND_FP        6u
#define UNWIND_RETURN    16u
#elif defined(__aarch64__)
#define UNWIND_REGISTERS 33u /* 30 is the link register; 32, not DWARF's, where it is */
#define UNWIND_SP        31u
#define UNWIND_FP        29u
#define UNWIND_RETURN    30u
#endif

/* A frame: its registers, and where its code is. */
struct unwind_frame {
    uint64_t registers[UNWIND_REGISTERS];
    uint64_t pc;
    bool is_interrupted; /* pc is the next instruction, not one after a call */
};

struct unwind_stack {
    uintptr_t low, high; /* nothing outside these bounds is read as stack */
};

/* Finds _dl_find_object(), if the C library has it; without it only frame pointers are followed.
 * Not for handlers. */
void unwind_init(void);

void unwind_begin(struct unwind_frame *frame, const ucontext_t *context);

/* Goes to the caller. UNWIND_END: there is none. UNWIND_LOST: it is not known how. */
enum unwind_result { UNWIND_STEP, UNWIND_END, UNWIND_LOST };
enum unwind_result unwind_step(struct unwind_frame *frame, const struct unwind_stack *stack);

/* --- unwind_rules.c: what a module's .eh_frame says ------------------------------------------- */

enum unwind_rule { RULE_SAME, RULE_UNDEFINED, RULE_SAVED, RULE_VALUE, RULE_REGISTER };

/* How to get from a frame to its caller's at one address. */
struct unwind_row {
    struct {
        int32_t offset; /* from the CFA; or the register */
        uint8_t rule;
    } registers[UNWIND_REGISTERS];
    uint64_t cfa_register;
    int64_t cfa_offset;
    bool is_plt; /* the CFA as in a PLT: depends on where in an entry the code is */
};

struct unwind_rules {
    const uint8_t *instructions, *end;         /* of the CIE */
    const uint8_t *own_instructions, *own_end; /* of the FDE */
    uint64_t start, code_align;
    int64_t data_align;
    bool is_signal;
};

/* Finds the rules for an address in a module's .eh_frame_hdr. */
bool unwind_find_rules(const uint8_t *header, uint64_t pc, struct unwind_rules *rules);
/* Applies them up to the address. False: they are not understood. */
bool unwind_run_rules(const struct unwind_rules *rules, uint64_t pc, struct unwind_row *row);

#endif
