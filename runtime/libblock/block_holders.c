/* SPDX-License-Identifier: MIT */
/* See block_holders.h. A table of the locks that threads are waiting for: few at any time. */
#include "block_holders.h"

#include <stddef.h>

#include "runtime/base/charge_recorder.h"
#include "runtime/base/spin.h"
#include "runtime/base/wiped.h"

#define BUCKET_BITS 10u
#define BUCKETS     (1u << BUCKET_BITS)
#define WAITED      3u

static struct bucket {
    uint32_t lock;
    uint32_t waiters; /* number of waiters for all its locks */
    struct waited {
        const void *lock;
        uint64_t waiters;
        uint64_t since;    /* sum of when its waiters came, or were last charged for */
        uint64_t released; /* when it was last released, 0 never */
        uint32_t holder;   /* node of the context that released it */
    } waited[WAITED];
} __attribute__((aligned(64))) * buckets;

static uint64_t *held_contentions, *held_delay;

bool block_holders_init(uint64_t *contentions, uint64_t *delay) {
    if (contentions == NULL || delay == NULL)
        return false;
    held_contentions = contentions;
    held_delay = delay;
    buckets = wiped_map(BUCKETS * sizeof(*buckets));
    return buckets != NULL;
}

static void charge(uint32_t node, uint64_t contentions, uint64_t delay) {
    if (node == 0)
        return;
    charge_add(held_contentions, node, contentions);
    charge_add(held_delay, node, delay);
}

static struct bucket *bucket_of(const void *lock) {
    return &buckets[((uintptr_t)lock >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKET_BITS)];
}

static struct bucket *enter(const void *lock) {
    struct bucket *bucket = bucket_of(lock);
    spin_lock(&bucket->lock);
    return bucket;
}

/* The entry of a lock; NULL: there is none. With `lock` NULL, a free entry. */
static struct waited *find(struct bucket *bucket, const void *lock) {
    for (unsigned i = 0; i < WAITED; i++) {
        if (bucket->waited[i].lock == lock)
            return &bucket->waited[i];
    }
    return NULL;
}

bool block_holders_wait(const void *lock, uint64_t now) {
    struct bucket *bucket = enter(lock);
    struct waited *waited = find(bucket, lock);
    if (waited == NULL && (waited = find(bucket, NULL)) != NULL)
        *waited = (struct waited){.lock = lock};
    if (waited != NULL) {
        waited->waiters++;
        waited->since += now;
        __atomic_add_fetch(&bucket->waiters, 1, __ATOMIC_SEQ_CST);
    }
    spin_unlock(&bucket->lock);
    return waited != NULL;
}

void block_holders_got(const void *lock, uint64_t start, uint64_t now, uint32_t own) {
    struct bucket *bucket = enter(lock);
    struct waited *waited = find(bucket, lock);
    uint32_t holder = own;
    if (waited != NULL) { /* in a fork child it may not be there: it was the parent's */
        const uint64_t charged = waited->released > start ? waited->released : start;
        if (waited->released != 0)
            holder = waited->holder;
        waited->since -= charged;
        start = charged;
        if (--waited->waiters == 0)
            waited->lock = NULL;
        __atomic_sub_fetch(&bucket->waiters, 1, __ATOMIC_RELAXED);
    }
    spin_unlock(&bucket->lock);
    charge(holder, 1, now > start ? now - start : 0);
}

bool block_holders_any(const void *lock) {
    return __atomic_load_n(&bucket_of(lock)->waiters, __ATOMIC_RELAXED) != 0;
}

void block_holders_release(const void *lock, uint32_t node, uint64_t now) {
    struct bucket *bucket = enter(lock);
    struct waited *waited = find(bucket, lock);
    uint64_t delay = 0;
    if (waited != NULL) {
        delay = waited->waiters * now - waited->since;
        waited->since = waited->waiters * now;
        waited->released = now;
        waited->holder = node;
    }
    spin_unlock(&bucket->lock);
    if ((int64_t)delay > 0)
        charge(node, 0, delay);
}
