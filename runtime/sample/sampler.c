/* SPDX-License-Identifier: MIT */
/*
 * sample=HZ: looks at random moments where a thread is. Each thread that is recorded has a timer on
 * its own CPU clock, whose signal comes to the thread itself; the handler takes the context that
 * the thread is in and the address that it was interrupted at, and unwinds nothing. A thread that
 * does not run is never interrupted, unless sample_clock=wall asks for that.
 *
 * The moments are a Poisson process: periods are drawn from the exponential distribution, each
 * counted from the moment before and not from when the signal came, so that no thread's age or
 * program's rhythm biases how many come: time divided by the mean period, however short. Where they
 * are taken is up to the kernel, which looks at CPU timers at its tick alone (4 ms at 250 Hz): a
 * program that works in step with the tick is sampled with its bias, however random the moments
 * are.
 *
 * The handler may interrupt anything, the recorder itself included. It takes no lock and no memory
 * but the segment's, and keeps errno.
 */
#include "sampler.h"

#include <cinstr/segment.h>

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/message.h"
#include "runtime/base/options.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/state.h"
#include "runtime/base/wiped.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/samples.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/counterpart.h"
#include "sampler_stack.h"

#define NS_PER_SECOND UINT64_C(1000000000)

/* One for each thread; fork wipes it, as it deletes the timer. */
static struct sampler {
    uint64_t due; /* the next moment, on the thread's clock */
    uint64_t random;
    struct samples_room room;
    int timer;
    bool is_on;
} * samplers;

static __thread struct sampler *self __attribute__((tls_model("initial-exec")));

static bool is_sampling;
static clockid_t sampled_clock;
static int signal_number;

/* --- periods ---------------------------------------------------------------------------------- */

static uint32_t draw(struct sampler *sampler) {
    sampler->random = sampler->random * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(sampler->random >> 32);
}

/* -log2(x / 2^32), x > 0, in units of 2^-24; without floating point, which is the program's. */
static uint64_t negative_log2(uint32_t x) {
    const unsigned shift = (unsigned)__builtin_clz(x);
    uint64_t mantissa = (uint64_t)x << shift; /* 1 to 2, in units of 2^-31 */
    uint64_t fraction = 0;
    for (int bit = 23; bit >= 0; bit--) {
        mantissa = mantissa * mantissa >> 31;
        if (mantissa >> 32 != 0) {
            mantissa >>= 1;
            fraction |= UINT64_C(1) << bit;
        }
    }
    return ((uint64_t)(shift + 1) << 24) - fraction;
}

static uint64_t draw_period(struct sampler *sampler) {
    const uint64_t ln2 = 11629080; /* in units of 2^-24 */
    const uint64_t multiple = negative_log2(draw(sampler) | 1) * ln2 >> 24;
    return (multiple * (segment.header->sampling.period_ns >> 4) >> 20) + 1;
}

/* --- the timer -------------------------------------------------------------------------------- */

/* The timer also repeats, much later, in case somebody else has taken a signal. */
static void arm(const struct sampler *sampler) {
    const uint64_t later = 16 * segment.header->sampling.period_ns;
    const struct itimerspec spec = {
        .it_value = {(time_t)(sampler->due / NS_PER_SECOND), (long)(sampler->due % NS_PER_SECOND)},
        .it_interval = {(time_t)(later / NS_PER_SECOND), (long)(later % NS_PER_SECOND)},
    };
    syscall(SYS_timer_settime, sampler->timer, TIMER_ABSTIME, &spec, NULL);
}

/* How many moments are due. */
static uint64_t pass(struct sampler *sampler) {
    const uint64_t now = clock_ns(sampled_clock);
    uint64_t periods = 0;
    for (; sampler->due <= now; periods++)
        sampler->due += draw_period(sampler);
    return periods;
}

/* --- the handler ------------------------------------------------------------------------------ */

static uintptr_t interrupted_at(const ucontext_t *context) {
#if defined(__x86_64__)
    return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
    return context->uc_mcontext.pc;
#endif
}

static void count_lost(uint64_t periods) {
    __atomic_add_fetch(&segment.header->sampling.lost, periods, __ATOMIC_RELAXED);
}

static void look(struct sampler *sampler, const ucontext_t *context, uint64_t periods) {
    const struct segment_node *node =
        process_unwinds ? sampler_stack_node(cinstr1_self, context) : shadow_current(cinstr1_self);
    const uint64_t address = modules_tag() | (interrupted_at(context) & SEGMENT_ADDRESS_MASK);
    if (node == NULL || !samples_add(&sampler->room, node, address, periods))
        count_lost(periods);
}

static void on_signal(int number, siginfo_t *info, void *context) {
    const int saved_errno = errno;
    struct sampler *sampler = self;
    uint64_t periods;
    (void)number;
    if (sampler != NULL && sampler->is_on && is_sampling && info->si_code == SI_TIMER) {
        periods = pass(sampler);
        if (periods != 0 && (process_recording || process_unwinds))
            look(sampler, context, periods);
        arm(sampler);
    }
    errno = saved_errno;
}

/* Takes the last real-time signal that nobody handles: these are seldom used, least of all the
 * last ones. */
static bool take_signal(void) {
    struct sigaction action = {.sa_sigaction = on_signal,
                               .sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK};
    struct sigaction old;
    for (int number = SIGRTMAX - 1; number >= SIGRTMIN; number--) {
        if (sigaction(number, NULL, &old) == 0 && old.sa_handler == SIG_DFL) {
            signal_number = number;
            return sigaction(number, &action, NULL) == 0;
        }
    }
    return false;
}

/* --- its life --------------------------------------------------------------------------------- */

static bool make_samplers(void) {
    const uint64_t lanes = segment.header->sections[SEGMENT_SECTION_LANES].capacity;
    samplers = wiped_map(lanes * sizeof(*samplers));
    return samplers != NULL;
}

void sampler_init(void) {
    if (options.sample == 0)
        return;
    segment.header->sampling.period_ns = NS_PER_SECOND / options.sample;
    segment.header->sampling.stacks = process_unwinds;
    segment.header->sampling.is_wall = options.sample_clock;
    sampled_clock =
        options.sample_clock == SAMPLE_CLOCK_WALL ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID;
    samples_init();
    if (samplers == NULL && (!make_samplers() || !take_signal())) {
        message("no sampling: out of memory, or no free signal");
        options.sample = 0;
        return;
    }
    is_sampling = true;
}

bool sampler_may_go_on(void) {
    static const short calls[] = {SYS_clock_gettime, SYS_timer_settime, SYS_rt_sigreturn, -1};
    return sandbox_allows_all(calls);
}

void sampler_attach(const struct lane *lane) {
    struct sampler *sampler;
    struct sigevent event;
    if (!is_sampling)
        return;
    sampler = &samplers[lane->index];
    memset(sampler, 0, sizeof(*sampler));
    sampler_stack_attach();
    memset(&event, 0, sizeof(event));
    event.sigev_notify = SIGEV_THREAD_ID;
    event.sigev_signo = signal_number;
    event._sigev_un._tid = (pid_t)lane->info->tid;
    if (syscall(SYS_timer_create, sampled_clock, &event, &sampler->timer) != 0) {
        __atomic_add_fetch(&segment.header->sampling.lost_threads, 1, __ATOMIC_RELAXED);
        return;
    }
    sampler->random = (clock_ticks() ^ lane->info->tid) * UINT64_C(0x9e3779b97f4a7c15);
    sampler->due = clock_ns(sampled_clock) + draw_period(sampler);
    self = sampler;
    SIGNAL_FENCE();
    sampler->is_on = true;
    arm(sampler);
}

/* Counts periods that became due since the kernel last looked at the timer, in unknown contexts. */
static bool finish(struct sampler *sampler) {
    if (sampler == NULL || !sampler->is_on)
        return false;
    sampler->is_on = false;
    count_lost(pass(sampler));
    return true;
}

void sampler_detach(void) {
    struct sampler *sampler = self;
    if (!finish(sampler))
        return;
    self = NULL;
    syscall(SYS_timer_delete, sampler->timer);
    samples_give_room(&sampler->room);
    sampler_stack_detach();
}

void sampler_stop(void) {
    is_sampling = false;
    finish(self);
}
