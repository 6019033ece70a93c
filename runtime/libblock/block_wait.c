/* SPDX-License-Identifier: MIT */
/* See block_wait.h. Also starts libcinstr_block. */
#include "block_wait.h"

#include <errno.h>
#include <stddef.h>
#include <sys/resource.h>
#include <time.h>

#include "block_holders.h"
#include "runtime/interposers/charge_library.h"

bool block_waits, block_io, block_holders;

static uint64_t *contentions, *delay;

uint64_t block_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint32_t block_node(uintptr_t function, uintptr_t call_site) {
    return charge_recorder->node(function, call_site);
}

void block_charge(uint32_t node, uint64_t delay_ns) {
    if (node == 0 || delay == NULL)
        return;
    charge_add(contentions, node, 1);
    charge_add(delay, node, delay_ns);
}

void block_trace(const struct wait *wait, uint32_t node) {
    if (wait->start_ticks != 0)
        charge_recorder->trace_wait(node, wait->start_ticks);
}

/* --- waits ------------------------------------------------------------------------------------ */

struct wait block_wait_begin(uintptr_t function, uintptr_t call_site) {
    return (struct wait){function, call_site, block_now(), charge_recorder->ticks(), 0};
}

void block_wait_end(const struct wait *wait) {
    const int saved_errno = errno;
    const uint64_t end = block_now();
    const uint32_t node = block_node(wait->function, wait->call_site);
    block_charge(node, end - wait->start_ns);
    block_trace(wait, node);
    errno = saved_errno;
}

static uint64_t count_switches(void) {
    struct rusage usage;
    return getrusage(RUSAGE_THREAD, &usage) == 0 ? (uint64_t)usage.ru_nvcsw : 0;
}

struct wait block_io_begin(uintptr_t function, uintptr_t call_site) {
    return (struct wait){function, call_site, block_now(), charge_recorder->ticks(),
                         count_switches()};
}

void block_io_end(const struct wait *wait) {
    const int saved_errno = errno;
    if (count_switches() != wait->switches)
        block_wait_end(wait);
    errno = saved_errno;
}

/* --- its start -------------------------------------------------------------------------------- */

/* The recorder looks for this symbol, and warns if it is missing. */
VISIBLE const char cinstr_block_is_there = 1;

__attribute__((constructor)) static void begin(void) {
    if (!charge_library_open())
        return;
    contentions = charge_recorder->column("contentions");
    delay = charge_recorder->column("delay");
    block_holders = block_holders_init(charge_recorder->column("held_contentions"),
                                       charge_recorder->column("held_delay"));
    block_waits = delay != NULL || block_holders;
    block_io = delay != NULL && charge_recorder->wants_io();
}
