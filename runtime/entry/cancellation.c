/* SPDX-License-Identifier: MIT */
/* See cancellation.h. */
#include "cancellation.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "runtime/base/lane.h"
#include "runtime/base/libc.h"

static int (*set_type)(int, int *);
static __thread bool is_async __attribute__((tls_model("initial-exec")));

static void send_slow(struct lane *thread) {
    for (struct lane *lane = thread; lane != NULL; lane = lane->sibling) {
        lane_wake(lane);
        if (!lane_in_hook(lane))
            lane->span = 0;
    }
}

int cancellation_set(int type, int *old) {
    const bool asks = type == PTHREAD_CANCEL_ASYNCHRONOUS;
    int result;
    if (set_type == NULL)
        *(void **)&set_type = next_symbol("pthread_setcanceltype");
    if (set_type == NULL)
        return ENOSYS;
    if (asks) {
        is_async = true;
        if (cinstr1_self->ready)
            send_slow(cinstr1_self->thread);
    }
    result = set_type(type, old);
    if (!asks && result == 0)
        is_async = false;
    return result;
}

bool cancellation_is_async(void) {
    return is_async;
}

void cancellation_hold(void) {
    if (is_async)
        set_type(PTHREAD_CANCEL_DEFERRED, NULL);
}

void cancellation_allow(void) {
    if (is_async)
        set_type(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
}
