/* SPDX-License-Identifier: MIT */
/*
 * From a frame to its caller's, by the module's call frame information or, for code without any, by
 * frame pointer. It runs in signal handlers that may have interrupted anything: it takes no lock,
 * allocates nothing, and reads stack memory only between the interrupted stack pointer and the end
 * of the thread's stack.
 */
#include "unwind.h"

#include <cinstr/segment.h>

#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#if defined(DLFO_STRUCT_HAS_EH_DBASE)
/* In glibc since 2.35; async-signal-safe. */
static int (*find_object)(void *, struct dl_find_object *);

void unwind_init(void) {
    *(void **)&find_object = dlsym(RTLD_DEFAULT, "_dl_find_object");
}

static const uint8_t *find_header(uint64_t pc) {
    struct dl_find_object object;
    if (find_object == NULL || find_object((void *)pc, &object) != 0)
        return NULL;
    return object.dlfo_eh_frame;
}
#else
void unwind_init(void) {
}

static const uint8_t *find_header(uint64_t pc) {
    (void)pc;
    return NULL;
}
#endif

void unwind_begin(struct unwind_frame *frame, const ucontext_t *context) {
    memset(frame, 0, sizeof(*frame));
    frame->is_interrupted = true;
#if defined(__x86_64__)
    static const int order[] = {REG_RAX, REG_RDX, REG_RCX, REG_RBX, REG_RSI, REG_RDI,
                                REG_RBP, REG_RSP, REG_R8,  REG_R9,  REG_R10, REG_R11,
                                REG_R12, REG_R13, REG_R14, REG_R15, REG_RIP};
    for (unsigned i = 0; i < UNWIND_REGISTERS; i++)
        frame->registers[i] = (uint64_t)context->uc_mcontext.gregs[order[i]];
    frame->pc = frame->registers[UNWIND_RETURN];
#elif defined(__aarch64__)
    for (unsigned i = 0; i < 31; i++)
        frame->registers[i] = context->uc_mcontext.regs[i];
    frame->registers[UNWIND_SP] = context->uc_mcontext.sp;
    frame->pc = context->uc_mcontext.pc;
#endif
}

static bool read_stack(const struct unwind_stack *stack, uint64_t address, uint64_t *value) {
    if (address % 8 != 0 || address < stack->low || stack->high < 8 || address > stack->high - 8)
        return false;
    memcpy(value, (const void *)address, sizeof(*value));
    return true;
}

static bool find_cfa(const struct unwind_frame *frame, const struct unwind_row *row,
                     uint64_t *cfa) {
    if (row->is_plt) {
        *cfa = frame->registers[UNWIND_SP] + 8 + (frame->pc % 16 >= 11 ? 8 : 0);
        return true;
    }
    if (row->cfa_register >= UNWIND_REGISTERS)
        return false;
    *cfa = frame->registers[row->cfa_register] + (uint64_t)row->cfa_offset;
    return true;
}

static bool restore(const struct unwind_frame *from, const struct unwind_row *row, unsigned number,
                    uint64_t cfa, const struct unwind_stack *stack, uint64_t *value) {
    const int32_t offset = row->registers[number].offset;
    switch (row->registers[number].rule) {
    case RULE_SAVED:
        if (cfa + (uint64_t)(int64_t)offset < from->registers[UNWIND_SP]) {
            *value = from->registers[number]; /* an epilogue has popped it already */
            return true;
        }
        return read_stack(stack, cfa + (uint64_t)(int64_t)offset, value);
    case RULE_VALUE:
        *value = cfa + (uint64_t)(int64_t)offset;
        return true;
    case RULE_REGISTER:
        if ((uint32_t)offset >= UNWIND_REGISTERS)
            return false;
        *value = from->registers[offset];
        return true;
    default:
        *value = from->registers[number];
        return true;
    }
}

/* The end is where call frame information says so, or where no code calls. */
static enum unwind_result arrive(struct unwind_frame *frame, uint64_t return_address, uint64_t sp) {
    if (return_address == 0)
        return UNWIND_END;
    /* Only the innermost function, before it has pushed anything, has its caller's stack depth. */
    if (sp < frame->registers[UNWIND_SP] + (frame->is_interrupted ? 0 : 1))
        return UNWIND_LOST;
    frame->pc = return_address & SEGMENT_ADDRESS_MASK; /* arm64: upper bits may hold a signature */
    frame->registers[UNWIND_SP] = sp;
    frame->is_interrupted = false;
    return UNWIND_STEP;
}

/* A frame pointer points to the caller's; the return address is above it. */
static enum unwind_result step_by_pointer(struct unwind_frame *frame,
                                          const struct unwind_stack *stack) {
    const uint64_t pointer = frame->registers[UNWIND_FP];
    uint64_t outer, return_address;
    if (pointer < frame->registers[UNWIND_SP] || !read_stack(stack, pointer, &outer) ||
        !read_stack(stack, pointer + 8, &return_address))
        return UNWIND_LOST;
    frame->registers[UNWIND_FP] = outer;
    return arrive(frame, return_address, pointer + 16);
}

static enum unwind_result step_by_rules(struct unwind_frame *frame,
                                        const struct unwind_rules *rules, uint64_t pc,
                                        const struct unwind_stack *stack) {
    struct unwind_frame from = *frame;
    struct unwind_row row;
    uint64_t cfa;
    if (!unwind_run_rules(rules, pc, &row)) /* functions that realign the stack keep a pointer */
        return step_by_pointer(frame, stack);
    if (!find_cfa(frame, &row, &cfa))
        return UNWIND_LOST;
    if (row.registers[UNWIND_RETURN].rule == RULE_UNDEFINED)
        return UNWIND_END;
    if (UNWIND_RETURN == 16 && row.registers[UNWIND_RETURN].rule == RULE_SAME)
        return UNWIND_LOST;
    for (unsigned i = 0; i < UNWIND_REGISTERS; i++) {
        if (i != UNWIND_SP && !restore(&from, &row, i, cfa, stack, &frame->registers[i]))
            return UNWIND_LOST;
    }
    return arrive(frame, frame->registers[UNWIND_RETURN], cfa);
}

#if defined(__x86_64__)
#define HANDLER_CONTEXT 0u /* after the return address that the handler has popped */
#elif defined(__aarch64__)
#define HANDLER_CONTEXT 128u /* after a siginfo_t */
#endif

/* The caller of a signal handler is the interrupted code, whose registers the kernel left on the
 * stack. */
static enum unwind_result step_by_context(struct unwind_frame *frame,
                                          const struct unwind_stack *stack) {
    const uint64_t sp = frame->registers[UNWIND_SP];
    const uint64_t context = sp + HANDLER_CONTEXT;
    if (context % 8 != 0 || context < stack->low || context > stack->high ||
        stack->high - context < sizeof(ucontext_t))
        return UNWIND_LOST;
    unwind_begin(frame, (const ucontext_t *)context);
    return frame->registers[UNWIND_SP] > sp ? UNWIND_STEP : UNWIND_LOST;
}

enum unwind_result unwind_step(struct unwind_frame *frame, const struct unwind_stack *stack) {
    const uint64_t pc = frame->is_interrupted ? frame->pc : frame->pc - 1;
    const uint8_t *header = find_header(pc);
    struct unwind_rules rules;
    if (header == NULL || !unwind_find_rules(header, pc, &rules))
        return step_by_pointer(frame, stack);
    return rules.is_signal ? step_by_context(frame, stack)
                           : step_by_rules(frame, &rules, pc, stack);
}
