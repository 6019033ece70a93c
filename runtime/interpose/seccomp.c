/* SPDX-License-Identifier: MIT */
/*
 * prctl() and seccomp(), interposed: what the program may not do any more, the recorder does not do
 * either (runtime/base/sandbox.h). In the strict mode even the clock is forbidden: recording ends.
 */
#include "seccomp.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "near_name.h"
#include "runtime/base/lane.h"
#include "runtime/base/message.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/state.h"
#include "runtime/base/system_call.h"
#include "runtime/entry/entry.h"
#include "runtime/entry/lane_select.h"
#include "runtime/entry/trace_drain.h"
#include "runtime/sample/sampler.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_arena.h"
#include "runtime/segment/segment_parts.h"

long cinstr_system_failure(long result) {
    errno = (int)-result;
    return -1;
}

/* What a prctl() or seccomp() asks for. */
enum asked { NOTHING, NO_CLOCK, STRICT, FILTER };

struct call {
    long number;
    long a[6];
};

static enum asked asked_by_prctl(const long a[6]) {
    if (a[0] == PR_SET_TSC)
        return a[1] == PR_TSC_SIGSEGV ? NO_CLOCK : NOTHING;
    if (a[0] != PR_SET_SECCOMP)
        return NOTHING;
    return a[1] == SECCOMP_MODE_STRICT ? STRICT : FILTER;
}

static enum asked asked_by_seccomp(const long a[6]) {
    if (a[0] == SECCOMP_SET_MODE_STRICT)
        return a[1] == 0 && a[2] == 0 ? STRICT : NOTHING;
    return a[0] == SECCOMP_SET_MODE_FILTER ? FILTER : NOTHING;
}

/* The program's memory may not be what it says: the kernel would tell it so. */
static bool read_program(void *to, const void *from, size_t size) {
    const struct iovec local = {to, size}, remote = {(void *)from, size};
    return syscall(SYS_process_vm_readv, getpid(), &local, 1UL, &remote, 1UL, 0UL) == (long)size;
}

/* process_sandbox, narrowed by the filter at `address`. One that cannot be read allows nothing. */
static struct sandbox narrowed(long address) {
    static struct sock_filter code[BPF_MAXINSNS];
    struct sandbox sandbox = process_sandbox;
    struct sock_fprog program = {0, NULL};
    if (!read_program(&program, (const void *)address, sizeof(program)) ||
        program.len > BPF_MAXINSNS ||
        !read_program(code, program.filter, program.len * sizeof(*code)))
        program.len = 0;
    sandbox_narrow(&sandbox, code, program.len);
    return sandbox;
}

/* Makes the lane, and with `must_grow` takes the memory, while the system calls for that are
 * allowed. */
static void take_ahead(bool must_grow) {
    struct lane *lane = lane_for_hook((uintptr_t)__builtin_frame_address(0));
    if (lane != NULL)
        lane_rest(lane);
    if (must_grow)
        arenas_grow_ahead();
}

static void begin_filter(long address) {
    const struct sandbox before = process_sandbox;
    process_sandbox = narrowed(address);
    const struct sandbox after = process_sandbox;
    const bool samples = sampler_may_go_on(), traces = trace_may_go_on();
    const bool grows = arena_may_grow();
    process_sandbox = before;
    take_ahead(!grows);
    if (!samples)
        sampler_stop();
    if (!traces)
        trace_finish();
    process_sandbox = after;
    if (!sandbox_allows(SYS_clock_gettime))
        __atomic_add_fetch(&segment.header->losses.lanes_without_cpu, 1, __ATOMIC_RELAXED);
}

/* Hooks read the clock before they know anything: none may do so. */
static void end_recording(void) {
    sampler_stop();
    trace_finish();
    modules_switch(false);
    process_state = PROCESS_OFF;
}

static void tell_of_end(void) {
    message(
        "the program has given up its clock (seccomp): recording ends; what it has: cinstr dump %s",
        segment.path[0] != '\0' ? segment.path : "(nowhere: it was in memory alone)");
}

static void go_on_recording(void) {
    process_state = PROCESS_UP;
    modules_switch(process_recording);
}

static long make(const struct call *call) {
    const long result = system_call(call->number, call->a);
    return result < 0 && result >= -4095 ? cinstr_system_failure(result) : result;
}

static long make_watched(const struct call *call, enum asked asked) {
    const struct sandbox before = process_sandbox;
    const int saved_errno = errno;
    if (asked == FILTER)
        begin_filter(call->a[2]);
    else
        end_recording();
    errno = saved_errno;
    const long result = make(call);
    if (result >= 0 && asked == STRICT)
        sandbox_be_strict(&process_sandbox);
    if (result >= 0 && asked != FILTER)
        tell_of_end();
    if (result >= 0)
        return result;
    const int failure = errno;
    process_sandbox = before;
    if (asked != FILTER)
        go_on_recording();
    errno = failure;
    return result;
}

long cinstr_watched_call(long number, long a, long b, long c, long d, long e, long f) {
    const struct call call = {number, {a, b, c, d, e, f}};
    const enum asked asked =
        number == SYS_prctl ? asked_by_prctl(call.a) : asked_by_seccomp(call.a);
    if (asked == NOTHING || process_state != PROCESS_UP || process_is_forked())
        return make(&call);
    return make_watched(&call, asked);
}

#undef prctl /* the recorder's own, elsewhere */
int prctl(int option, ...);
__attribute__((visibility("default"))) int prctl(int option, ...) {
    va_list arguments;
    va_start(arguments, option);
    const long a = va_arg(arguments, long), b = va_arg(arguments, long);
    const long c = va_arg(arguments, long), d = va_arg(arguments, long);
    va_end(arguments);
    return (int)cinstr_watched_call(SYS_prctl, option, a, b, c, d, 0);
}
NEAR_NAME(prctl);
