/* SPDX-License-Identifier: MIT */
/*
 * Measures CPU time without a system call in each hook, and charges time off the CPU to the context
 * that waited.
 *
 * A lane's clock is the counter less `paused`: it stands still while the thread is off the CPU, and
 * while the recorder does work of its own that no usual hook does. Durations are differences of
 * that clock, so they hold the thread's CPU time alone; what the thread waited is added to the one
 * context that it waited in, to its self time and to its column "off_cpu".
 *
 * A word changes at each context switch (switch_word.h). A hook compares it after its clock read.
 * The kernel switches between two instructions, so if the word has not changed, the thread was not
 * switched between the last time that it did and the clock read. If it has changed, two other
 * clocks say how long the thread was off the CPU. They are read again until the word does not
 * change meanwhile, since system calls attract the next switch: a wait between the first look and
 * the last is known separately.
 *
 *     last event ──────────── the hook's clock read ─ first look ──── last look
 *       │  time of the context that was on top   │      the recorder's own    │
 *
 * A wait that the first look finds is put before the hook's clock read as far as there is room, and
 * the rest behind it. What fits into neither was no wait: it is interrupts, and time stolen by the
 * hypervisor, since the clocks were last compared, which the kernel does not count as CPU time. No
 * context is charged with it; the profile shows it as `[unplaced]`.
 */
#include "cpu_time.h"

#include <cinstr/segment.h>

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/switch_word.h"
#include "runtime/segment/identity.h"
#include "runtime/segment/segment_parts.h"
#include "shadow.h"
#include "trace_ring.h"

__extension__ typedef unsigned __int128 wide;

enum { TRIES = 64 }; /* a thread that is switched at each of them is settled at its next hook */

/* Both clocks, and the counter around them. */
struct look {
    uint64_t before, after; /* ticks */
    uint64_t monotonic_ns;
    uint64_t off_ns; /* off the CPU, from an arbitrary start */
    uint32_t word;
};

/* `off_ns` is right for the moment when the monotonic clock was read even if a switch comes between
 * the two reads: CPU time stands still while the thread is switched out. */
static struct look look_once(const struct switch_word *word) {
    struct look look;
    look.word = switch_word_set(word);
    look.before = clock_ticks();
    look.monotonic_ns = clock_ns(CLOCK_MONOTONIC);
    look.off_ns = look.monotonic_ns - clock_ns(CLOCK_THREAD_CPUTIME_ID);
    look.after = clock_ticks();
    return look;
}

/* Looks again after `look`, until no switch came during a look. */
static struct look look_until_still(const struct switch_word *word, struct look look) {
    for (int i = 1; i < TRIES && *word->at != look.word; i++)
        look = look_once(word);
    return look;
}

static void remember(struct cpu_account *account, const struct look *look) {
    account->ticks = look->before;
    account->monotonic_ns = look->monotonic_ns;
    account->off_ns = look->off_ns;
    identity_refresh((struct segment_clock_pair){look->before, look->monotonic_ns});
}

/* Ticks off the CPU since the last look. Nanoseconds are converted by the ratio of the two clocks
 * since then, so the length of a tick need not be known. */
static uint64_t take_wait(struct cpu_account *account, const struct look *look) {
    const struct cpu_account last = *account;
    const uint64_t ns = look->off_ns - last.off_ns;
    const uint64_t span_ns = look->monotonic_ns - last.monotonic_ns;
    if ((int64_t)ns <= 0 || (int64_t)span_ns <= 0) /* a handler has looked in between */
        return 0;
    remember(account, look);
    return (uint64_t)((wide)(look->before - last.ticks) * ns / span_ns);
}

bool cpu_time_available(void) {
    return switch_word_available();
}

void cpu_time_attach(struct lane *lane) {
    struct look look;
    if (segment.off_cpu == NULL)
        return;
    if (!sandbox_allows(SYS_clock_gettime) || !switch_word_attach(&lane->account.word)) {
        __atomic_add_fetch(&segment.header->losses.lanes_without_cpu, 1, __ATOMIC_RELAXED);
        return;
    }
    lane->account.owner = __builtin_thread_pointer();
    look = look_until_still(&lane->account.word, look_once(&lane->account.word));
    remember(&lane->account, &look);
    lane->info->start_ticks = look.before;
    lane->info->start_cpu_ns = look.monotonic_ns - look.off_ns;
    lane->switch_word = lane->account.word.at;
    lane->switch_seen = look.word;
}

void cpu_time_detach(struct lane *lane) {
    cpu_time_now(lane);
    switch_word_detach(&lane->account.word);
    lane->switch_word = &lane->switch_seen;
}

void cpu_time_resume(struct lane *lane) {
    struct lane *thread = lane->thread;
    lane->switch_word = &lane->switch_seen;
    if (thread->account.word.at == NULL || thread->account.owner != __builtin_thread_pointer())
        return; /* a coroutine that another thread runs now */
    if (lane != thread) {
        lane->switch_seen = switch_word_set(&thread->account.word);
        thread->switch_seen = ~lane->switch_seen; /* what came before is settled there */
    }
    lane->switch_word = thread->account.word.at;
    lane->paused = lane->info->paused = thread->paused;
    lane->last = clock_ticks();
}

/* --- charging the waits ----------------------------------------------------------------------- */

/* The base frame of a handler's lane is a context of the interrupted lane: waits there go to this
 * lane's root. */
static void add_wait(struct lane *lane, const struct segment_frame *frame, uint64_t ticks) {
    const bool is_call = frame > shadow_base(lane);
    struct segment_node *node = is_call ? (struct segment_node *)frame->node : lane->root;
    segment.off_cpu[tree_index(node)] += ticks;
    if (!is_call)
        return;
    node->self += ticks;
    lane->root->self -= ticks;
    lane->root_self -= ticks;
}

/* Adds time that the thread was off the CPU in a context that is not known. */
static void add_stray(struct lane *lane, uint64_t ticks) {
    if (ticks == 0)
        return;
    lane->info->stray_ticks += ticks;
    __atomic_add_fetch(&segment.header->stray_ticks, ticks, __ATOMIC_RELAXED);
}

static void pause_clock(struct lane *lane, uint64_t ticks, uint64_t own) {
    lane->paused += ticks;
    lane->thread->paused = lane->info->paused = lane->paused;
    lane->info->own_ticks += own;
}

static uint64_t least(uint64_t a, uint64_t b) {
    return a < b ? a : b;
}

/* The longest that the context on top can have been off the CPU before the hook read `counter`. */
static uint64_t most_wait(const struct lane *lane, const struct segment_frame *frame,
                          uint64_t counter) {
    const uint64_t last = lane->last > frame->start ? lane->last : frame->start;
    return counter > last ? counter - last : 0;
}

static bool is_switched(const struct lane *lane) {
    return *lane->switch_word != lane->switch_seen;
}

struct cpu_moment cpu_time_at(struct lane *lane, const struct segment_frame *frame,
                              uint64_t counter) {
    struct cpu_moment moment = {counter, 0};
    struct lane *thread = lane->thread;
    if (!is_switched(lane) || thread->account.word.at == NULL)
        return moment;
    const struct look first = look_once(&thread->account.word);
    const struct look look = look_until_still(&thread->account.word, first);
    const uint64_t wait = take_wait(&thread->account, &first);
    const uint64_t later = take_wait(&thread->account, &look);
    if (wait + later != 0 && lane->trace != NULL)
        trace_off_cpu(lane, wait + later);
    const uint64_t before = least(wait, most_wait(lane, frame, counter));
    const uint64_t between = least(wait - before, first.before - counter);
    moment.wait = least(between + later, look.after - counter);
    add_stray(lane, wait - before - between);
    add_wait(lane, frame, before);
    pause_clock(lane, before + look.after - counter, look.after - counter - moment.wait);
    lane->switch_seen = look.word;
    moment.ticks = look.after;
    return moment;
}

void cpu_time_add_wait(struct lane *lane, const struct segment_frame *frame, uint64_t ticks) {
    if (ticks != 0)
        add_wait(lane, frame, ticks);
}

uint64_t cpu_time_now(struct lane *lane) {
    const struct cpu_moment moment = cpu_time_at(lane, lane->top, clock_ticks());
    cpu_time_add_wait(lane, lane->top, moment.wait);
    lane->last = moment.ticks;
    return moment.ticks;
}

void cpu_time_own(struct lane *lane, const struct segment_frame *frame, uint64_t since) {
    const uint64_t paused = lane->paused;
    const uint64_t now = clock_ticks();
    const struct cpu_moment moment = cpu_time_at(lane, frame, since);
    if (lane->paused == paused)
        pause_clock(lane, now - since, now - since);
    cpu_time_add_wait(lane, frame, moment.wait);
    lane->last = since + lane->paused - paused;
}

void cpu_time_renew(struct lane *lane) {
    struct lane *thread = lane->thread;
    struct look look;
    if (is_switched(lane) || thread->account.word.at == NULL)
        return;
    look = look_once(&thread->account.word);
    if (look.word == lane->switch_seen && *thread->account.word.at == look.word)
        add_stray(lane, take_wait(&thread->account, &look));
}
