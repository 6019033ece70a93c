/* SPDX-License-Identifier: MIT */
/*
 * A word in the thread's own memory that shows whether the kernel has switched the thread away
 * since the word was last set, so that no system call is needed to know that nothing happened. It
 * has two sources:
 *
 *   perf  The kernel rewrites the mapped page of a thread's perf event at each context switch and
 *         changes its `lock` word. Most containers do not permit it.
 *   rseq  glibc 2.35 and later register a restartable-sequence area for each thread. When a thread
 *         returns to user mode after it was switched away, or took a signal, outside of the
 *         sequence that `rseq_cs` names, the kernel clears `rseq_cs`. So a sequence that contains
 *         no instruction is a flag that any user may set (linux/rseq.h,
 *         Documentation/userspace-api/rseq.rst). Linux 6.19 and later do not clear it for switches
 *         inside system calls: a short sleep tests once whether this kernel does.
 *
 * perf is preferred, since it shows every switch on every kernel, and nobody else writes its word.
 * A program that uses rseq itself (google/tcmalloc, for instance) overwrites the flag: hooks then
 * take the slow path more often than necessary, and times stay right.
 *
 * A fork child does not inherit the page. Its lanes are wiped, so no hook there reads it.
 */
#include "switch_word.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "message.h"

static enum { UNTRIED, PERF, RSEQ, NEITHER } source;

/* --- perf ------------------------------------------------------------------------------------- */

static struct perf_event_mmap_page *map_event(void) {
    struct perf_event_attr attributes;
    void *page;
    memset(&attributes, 0, sizeof(attributes));
    attributes.size = sizeof(attributes);
    attributes.type = PERF_TYPE_SOFTWARE;
    attributes.config = PERF_COUNT_SW_TASK_CLOCK;
    attributes.exclude_kernel = 1;
    attributes.exclude_hv = 1;
    const long fd = syscall(SYS_perf_event_open, &attributes, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
    if (fd < 0)
        return NULL;
    page = mmap(NULL, 4096, PROT_READ, MAP_SHARED, (int)fd, 0);
    syscall(SYS_close, fd); /* the mapping keeps the event */
    return page == MAP_FAILED ? NULL : page;
}

/* --- rseq ------------------------------------------------------------------------------------- */

/* The kernel requires the signature before the abort address, whether or not it goes there. */
static const struct {
    uint32_t signature;
    uint32_t abort;
} nowhere = {RSEQ_SIG, 0};

static struct rseq_cs empty_sequence __attribute__((aligned(32)));

static volatile uint64_t *rseq_flag(void) {
    struct rseq *area = (struct rseq *)((char *)__builtin_thread_pointer() + __rseq_offset);
    return __rseq_size == 0 ? NULL : (volatile uint64_t *)&area->rseq_cs;
}

/* Whether a wait clears the flag on this kernel. */
static bool rseq_tells_of_waits(void) {
    const struct timespec shortest = {0, 1};
    volatile uint64_t *flag = rseq_flag();
    empty_sequence.abort_ip = (uintptr_t)&nowhere.abort;
    if (flag == NULL)
        return false;
    *flag = (uintptr_t)&empty_sequence;
    syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &shortest, NULL);
    const bool is_cleared = *flag == 0;
    *flag = 0;
    return is_cleared;
}

/* --- either ----------------------------------------------------------------------------------- */

bool switch_word_available(void) {
    struct perf_event_mmap_page *page;
    if (source == UNTRIED) {
        page = map_event();
        const int why = errno;
        if (page != NULL)
            munmap(page, 4096);
        source = page != NULL ? PERF : rseq_tells_of_waits() ? RSEQ : NEITHER;
        if (source == NEITHER)
            message("perf events are not permitted (%s): recording wall time only. Set cpu=0 to "
                    "silence this.",
                    strerrordesc_np(why));
    }
    return source != NEITHER;
}

bool switch_word_attach(struct switch_word *word) {
    volatile uint64_t *flag;
    *word = (struct switch_word){NULL, NULL};
    if (!switch_word_available())
        return false;
    if (source == PERF) {
        word->page = map_event();
        if (word->page == NULL)
            return false;
        word->at = (const volatile uint32_t *)&((struct perf_event_mmap_page *)word->page)->lock;
        return true;
    }
    flag = rseq_flag();
    if (flag == NULL)
        return false;
    word->at = (const volatile uint32_t *)flag;
    return true;
}

void switch_word_detach(struct switch_word *word) {
    if (word->page != NULL)
        munmap(word->page, 4096);
    else if (word->at != NULL)
        *rseq_flag() = 0;
    *word = (struct switch_word){NULL, NULL};
}

uint32_t switch_word_set(const struct switch_word *word) {
    if (word->page != NULL)
        return *word->at;
    *rseq_flag() = (uintptr_t)&empty_sequence;
    return (uint32_t)(uintptr_t)&empty_sequence;
}
