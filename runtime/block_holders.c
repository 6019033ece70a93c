/* SPDX-License-Identifier: MIT */
/* See block_holders.h. A table of the locks that are waited for now: few at any time. */
#include "block_holders.h"

#include <sched.h>
#include <stddef.h>
#include <sys/mman.h>

#include "block_wait.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

#define BUCKET_BITS 10u
#define BUCKETS     (1u << BUCKET_BITS)
#define WAITED      3u

static struct bucket {
    uint32_t lock;
    uint32_t waiters; /* of all its locks */
    struct waited {
        const void *lock;
        uint64_t waiters;
        uint64_t since;    /* sum over the waiters of when they came, or were last charged for */
        uint64_t released; /* when it was last let go, 0 never */
        uint32_t holder;   /* by whom */
    } waited[WAITED];
} __attribute__((aligned(64))) * buckets;

bool block_holders_init(void) {
    void *memory = mmap(NULL, BUCKETS * sizeof *buckets, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (memory == MAP_FAILED)
        return false;
    madvise(memory, BUCKETS * sizeof *buckets, MADV_WIPEONFORK);
    buckets = memory;
    return true;
}

static struct bucket *bucket_of(const void *lock) {
    return &buckets[((uintptr_t)lock >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> (64 - BUCKET_BITS)];
}

static struct bucket *enter(const void *lock) {
    struct bucket *bucket = bucket_of(lock);

    while (__atomic_exchange_n(&bucket->lock, 1, __ATOMIC_ACQUIRE) != 0)
        sched_yield();
    return bucket;
}

static void leave(struct bucket *bucket) {
    __atomic_store_n(&bucket->lock, 0, __ATOMIC_RELEASE);
}

/* NULL: it is not there; with `lock` NULL, a free one. */
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
    leave(bucket);
    return waited != NULL;
}

void block_holders_got(const void *lock, uint64_t start, uint64_t now, uint32_t own) {
    struct bucket *bucket = enter(lock);
    struct waited *waited = find(bucket, lock);
    uint32_t holder = own;

    if (waited != NULL) { /* else this is a fork child, and it was its parent's */
        const uint64_t charged = waited->released > start ? waited->released : start;
        if (waited->released != 0)
            holder = waited->holder;
        waited->since -= charged;
        start = charged;
        if (--waited->waiters == 0)
            waited->lock = NULL;
        __atomic_sub_fetch(&bucket->waiters, 1, __ATOMIC_RELAXED);
    }
    leave(bucket);
    block_charge_holder(holder, 1, now > start ? now - start : 0);
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
    leave(bucket);
    if ((int64_t)delay > 0)
        block_charge_holder(node, 0, delay);
}
