/* SPDX-License-Identifier: MIT */
/* See sandbox.h. */
#include "sandbox.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

struct sandbox process_sandbox;

bool sandbox_allows_all(const short *numbers) {
    while (*numbers >= 0 && sandbox_allows(*numbers))
        numbers++;
    return *numbers < 0;
}

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

/* Follows the jump at `*at`. False: the instruction there is not a jump. */
static bool jump(const struct sock_filter *code, uint32_t value, uint32_t *at) {
    const struct sock_filter *now = &code[*at];
    bool is_so;
    switch (now->code) {
    case BPF_JMP | BPF_JA:
        *at += now->k;
        return true;
    case BPF_JMP | BPF_JEQ | BPF_K:
        is_so = value == now->k;
        break;
    case BPF_JMP | BPF_JGT | BPF_K:
        is_so = value > now->k;
        break;
    case BPF_JMP | BPF_JGE | BPF_K:
        is_so = value >= now->k;
        break;
    case BPF_JMP | BPF_JSET | BPF_K:
        is_so = (value & now->k) != 0;
        break;
    default:
        return false;
    }
    *at += is_so ? now->jt : now->jf;
    return true;
}

/* Runs the filter with nothing known but the number: if it examines anything else, the call does
 * not count as allowed. The kernel accepts only filters whose jumps lead forward. */
static bool lets_pass(const struct sock_filter *code, uint32_t count, uint32_t number) {
    uint32_t value = 0;
    for (uint32_t at = 0, steps = 0; at < count && steps < count; at++, steps++) {
        const struct sock_filter *now = &code[at];
        if (now->code == (BPF_RET | BPF_K))
            return (now->k & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ALLOW;
        if (now->code == (BPF_ALU | BPF_AND | BPF_K))
            value &= now->k;
        else if (now->code == (BPF_LD | BPF_W | BPF_ABS) &&
                 now->k == offsetof(struct seccomp_data, nr))
            value = number;
        else if (now->code == (BPF_LD | BPF_W | BPF_ABS) &&
                 now->k == offsetof(struct seccomp_data, arch))
            value = ARCHITECTURE;
        else if (!jump(code, value, &at))
            return false;
    }
    return false;
}

void sandbox_be_strict(struct sandbox *sandbox) {
    static const short calls[] = {SYS_read, SYS_write, SYS_exit, SYS_rt_sigreturn};

    *sandbox = (struct sandbox){.is_there = true};
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        sandbox->allowed[calls[i] / 64] |= UINT64_C(1) << (calls[i] % 64);
}

void sandbox_narrow(struct sandbox *sandbox, const void *code, uint32_t count) {
    if (!sandbox->is_there)
        memset(sandbox->allowed, 0xff, sizeof(sandbox->allowed));
    sandbox->is_there = true;
    for (uint32_t number = 0; number < SANDBOX_NUMBERS; number++) {
        if (!lets_pass(code, count, number))
            sandbox->allowed[number / 64] &= ~(UINT64_C(1) << (number % 64));
    }
}
