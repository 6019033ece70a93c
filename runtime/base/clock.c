/* SPDX-License-Identifier: MIT */
/*
 * Chooses the counter that can be trusted as a clock. Called once, when the recorder starts.
 */
#include "clock.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

#include "libc.h"

enum segment_clock clock_kind = SEGMENT_CLOCK_MONOTONIC;
int (*clock_read)(clockid_t, struct timespec *) = clock_gettime;

static void find_libc_clock(void) {
    void *found = next_symbol("clock_gettime");
    if (found != NULL) /* a static program has no other */
        *(void **)&clock_read = found;
}

#if defined(__x86_64__)
/* The kernel checks the TSC against other clocks. While the kernel uses it itself, or a
 * paravirtual clock made from it, it is one clock for all CPUs. */
static bool kernel_trusts_tsc(void) {
    char name[32] = "";
    const long fd = syscall(SYS_openat, AT_FDCWD,
                            "/sys/devices/system/clocksource/clocksource0/current_clocksource",
                            O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0)
        return false;
    const long got = syscall(SYS_read, fd, name, sizeof(name) - 1);
    syscall(SYS_close, fd);
    return got > 0 && (strncmp(name, "tsc", 3) == 0 || strncmp(name, "kvm-clock", 9) == 0 ||
                       strncmp(name, "hyperv_clocksource", 18) == 0);
}

uint64_t clock_choose(void) {
    unsigned a, b, c, d;
    find_libc_clock();
    if (!__get_cpuid(0x80000007, &a, &b, &c, &d) || (d & (1u << 8)) == 0 || !kernel_trusts_tsc())
        return 1000000000u;
    clock_kind = SEGMENT_CLOCK_TSC;
    if (__get_cpuid_max(0, NULL) >= 0x15 && __get_cpuid(0x15, &a, &b, &c, &d) && a != 0 && b != 0 &&
        c != 0) {
        return (uint64_t)c * b / a;
    }
    return 0;
}
#elif defined(__aarch64__)
uint64_t clock_choose(void) {
    uint64_t frequency;
    find_libc_clock();
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    clock_kind = SEGMENT_CLOCK_CNTVCT;
    return frequency;
}
#endif

struct segment_clock_pair clock_pair(void) {
    struct segment_clock_pair best = {0, 0};
    uint64_t best_gap = UINT64_MAX;
    /* An interruption between the two readings would set them apart: takes the closest of a few
     * pairs. */
    for (int i = 0; i < 4; i++) {
        const uint64_t before = clock_ticks();
        const uint64_t ns = clock_ns(CLOCK_MONOTONIC);
        const uint64_t after = clock_ticks();
        if (after - before < best_gap) {
            best_gap = after - before;
            best.ticks = before + (after - before) / 2;
            best.monotonic_ns = ns;
        }
    }
    if (clock_kind == SEGMENT_CLOCK_MONOTONIC)
        best.ticks = best.monotonic_ns;
    return best;
}
