/* SPDX-License-Identifier: MIT */
/*
 * On-CPU time without a system call a hook. The kernel rewrites the mapped page of a thread's perf
 * event at each context switch and moves its `lock` word. While the word stands, no switch has
 * happened, and wall time is CPU time. When it has moved, the two clocks say how long the thread
 * was off the CPU since the last look, and the call then open is charged with it.
 *
 * The page is not inherited by a fork child: its lanes are wiped, so no hook there reads it.
 */
#include <errno.h>
#include <linux/perf_event.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "clock.h"
#include "process.h"

static struct perf_event_mmap_page *map_event(void) {
    struct perf_event_attr attributes;
    void *page;

    memset(&attributes, 0, sizeof attributes);
    attributes.size = sizeof attributes;
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

bool cpu_time_available(void) {
    static int available = -1;

    if (available < 0) {
        struct perf_event_mmap_page *page = map_event();
        available = page != NULL;
        if (page != NULL)
            munmap(page, 4096);
        else
            message(
                "perf events are refused here (%s): wall time alone; cpu=0 says that it is meant",
                strerrordesc_np(errno));
    }
    return available == 1;
}

/* Nanoseconds that the thread has not been on a CPU, from an arbitrary start. */
static uint64_t off_cpu_ns(void) {
    return clock_ns(CLOCK_MONOTONIC) - clock_ns(CLOCK_THREAD_CPUTIME_ID);
}

void cpu_time_attach(struct lane *lane) {
    struct perf_event_mmap_page *page;

    if (segment.off_cpu == NULL)
        return;
    page = map_event();
    if (page == NULL) {
        __atomic_add_fetch(&segment.header->losses.lanes_without_cpu, 1, __ATOMIC_RELAXED);
        return;
    }
    lane->switch_page = page;
    lane->switch_word = (const volatile uint32_t *)&page->lock;
    lane->switch_seen = *lane->switch_word;
    lane->off_cpu_seen_ns = off_cpu_ns();
}

void cpu_time_detach(struct lane *lane) {
    if (lane->switch_page != NULL)
        munmap(lane->switch_page, 4096);
    lane->switch_page = NULL;
    lane->switch_word = &lane->switch_seen;
}

void cpu_time_follow(struct lane *lane) {
    struct lane *thread = lane->thread; /* one event and one account a thread */
    const uint32_t seen = *lane->switch_word;
    struct segment_node *node;
    uint64_t off;

    if (seen == lane->switch_seen || thread->switch_page == NULL)
        return;
    lane->switch_seen = seen;
    off = off_cpu_ns();
    if (off > thread->off_cpu_seen_ns) {
        if (lane->trace != NULL)
            trace_off_cpu(lane, off - thread->off_cpu_seen_ns);
        node = (struct segment_node *)lane->top->node;
        segment.off_cpu[tree_index(node)] += off - thread->off_cpu_seen_ns;
        adaptive_off_cpu(lane, off - thread->off_cpu_seen_ns);
        thread->off_cpu_seen_ns = off;
    }
    segment.header->latest = clock_pair();
}
