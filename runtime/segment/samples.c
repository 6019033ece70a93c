/* SPDX-License-Identifier: MIT */
/*
 * Where samples are kept. Each context has a list of the addresses at which it was interrupted: its
 * head is in the column "samples", its elements are in the segment's heap. A list has one writer:
 * its context's thread, or for those of ended threads whoever holds the process lock. Elements are
 * complete before they are linked, and never move: readers need nothing from the writer.
 *
 * samples_add() runs in a signal handler that may have interrupted anything: no lock, no malloc().
 */
#include "samples.h"

#include <cinstr/segment.h>

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "runtime/base/state.h"
#include "segment_parts.h"
#include "segment_writer.h"

#define PAGE_ELEMENTS ((uint32_t)(4096 / sizeof(struct segment_location)))
#define PAGE_LIMIT    (SEGMENT_MAX_SAMPLES / PAGE_ELEMENTS)

static _Atomic uint32_t pages;
static struct segment_location *unused; /* of ended threads; changes under the process lock */

void samples_init(void) {
    atomic_store(&pages, 0);
    unused = NULL;
}

bool samples_are_there(void) {
    return atomic_load(&pages) != 0;
}

static struct segment_location *element_at(uint64_t offset) {
    return offset == 0 ? NULL : (struct segment_location *)(segment.base + offset);
}

static uint64_t offset_of(const struct segment_location *sample) {
    return sample == NULL ? 0 : (uint64_t)((const char *)sample - segment.base);
}

static struct segment_location *find(uint64_t head, uint64_t address) {
    struct segment_location *sample = element_at(head);
    while (sample != NULL && sample->address != address)
        sample = element_at(sample->next);
    return sample;
}

/* --- elements --------------------------------------------------------------------------------- */

static struct segment_location *take_unused(void) {
    struct segment_location *sample = NULL;
    if (__atomic_load_n(&unused, __ATOMIC_RELAXED) != NULL && process_try_lock()) {
        sample = unused;
        if (sample != NULL)
            __atomic_store_n(&unused, element_at(sample->next), __ATOMIC_RELAXED);
        process_unlock();
    }
    return sample;
}

static struct segment_location *take(struct samples_room *room) {
    struct segment_location *sample;
    if (room->left == 0 && (sample = take_unused()) != NULL)
        return sample;
    if (room->left == 0) {
        if (atomic_fetch_add(&pages, 1) >= PAGE_LIMIT ||
            (room->next = segment_take_heap(4096)) == NULL) {
            atomic_fetch_sub(&pages, 1);
            return NULL;
        }
        room->left = PAGE_ELEMENTS;
    }
    room->left--;
    return room->next++;
}

static void give(struct segment_location *sample) {
    sample->next = offset_of(unused);
    __atomic_store_n(&unused, sample, __ATOMIC_RELAXED);
}

void samples_give_room(struct samples_room *room) {
    process_lock();
    for (; room->left != 0; room->left--)
        give(room->next++);
    process_unlock();
}

/* --- lists ------------------------------------------------------------------------------------ */

bool samples_add(struct samples_room *room, const struct segment_node *node, uint64_t address,
                 uint64_t periods) {
    uint64_t *head = &segment.samples[tree_index(node)];
    struct segment_location *sample = find(*head, address);
    if (sample == NULL) {
        sample = take(room);
        if (sample == NULL)
            return false;
        sample->address = address;
        sample->count = sample->periods = 0;
        sample->next = *head;
        __atomic_store_n(head, offset_of(sample), __ATOMIC_RELEASE);
    }
    sample->count++;
    sample->periods += periods;
    return true;
}

void samples_clear(uint64_t head) {
    for (struct segment_location *at = element_at(head); at != NULL; at = element_at(at->next))
        at->count = at->periods = 0;
}

void samples_merge(uint64_t *to, uint64_t *from) {
    struct segment_location *sample = element_at(*from), *next;
    *from = 0;
    for (; sample != NULL; sample = next) {
        struct segment_location *same = find(*to, sample->address);
        next = element_at(sample->next);
        if (same == NULL) {
            sample->next = *to;
            __atomic_store_n(to, offset_of(sample), __ATOMIC_RELEASE);
        } else {
            same->count += sample->count;
            same->periods += sample->periods;
            give(sample);
        }
    }
}
