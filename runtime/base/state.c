/* SPDX-License-Identifier: MIT */
/*
 * The state of the recorder in its process. The lock, and whether this is still the process that
 * the recorder was started in, are in a page that the kernel empties in a fork child.
 */
#include "state.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "signals.h"
#include "spin.h"
#include "wiped.h"

enum process_state process_state = PROCESS_NEW;
_Atomic bool process_recording;
bool process_unwinds;
_Atomic uint64_t process_reset_epoch;
bool process_is_serving;

static struct wiped {
    uint32_t alive;
    uint32_t lock;
    signals_mask mask; /* the signals that the holder had blocked before */
} * wiped;

static __thread bool is_own_work __attribute__((tls_model("initial-exec")));

bool process_init(void) {
    wiped = wiped_map(4096);
    if (wiped != NULL)
        wiped->alive = 1;
    return wiped != NULL;
}

/* A handler that ends the process must not run while its own thread holds the lock. */
bool process_try_lock(void) {
    const signals_mask mask = signals_block();
    if (!spin_try_lock(&wiped->lock)) {
        signals_restore(mask);
        return false;
    }
    wiped->mask = mask;
    return true;
}

void process_lock(void) {
    const signals_mask mask = signals_block();
    spin_lock(&wiped->lock);
    wiped->mask = mask;
}

void process_unlock(void) {
    const signals_mask mask = wiped->mask;
    spin_unlock(&wiped->lock);
    signals_restore(mask);
}

bool process_is_forked(void) {
    return wiped->alive == 0;
}

bool process_wipe(void) {
    if (wiped == NULL || wiped->alive == 0)
        return false;
    memset(wiped, 0, sizeof(*wiped));
    return true;
}

void process_is_own_now(void) {
    wiped->alive = 1;
}

bool process_set_own_work(bool is_own) {
    const bool was = is_own_work;
    is_own_work = is_own;
    return was;
}

bool process_is_own_work(void) {
    return is_own_work;
}
