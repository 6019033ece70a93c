/* SPDX-License-Identifier: MIT */
/*
 * Places (cinstr/slots.h): private memory, in units that are aligned to more than they hold.
 *
 *     unit               places, one a granule of 64 bytes or several; empty in a fork child
 *     + PLACES_DISTANCE  their slots, eight a granule
 *     + PLACES_OF        what is said of each place: struct place_info
 *
 * A node that a call leads to has one place at most, which counts in the node. What a slot leads to
 * may be anything: it is a hint, checked by who follows it. What a place says of itself, its
 * function, is true: it is taken away from all when it may have become untrue (places_close_all()),
 * and is written again by the slow path alone.
 *
 * A fork child finds all places empty, while slots and infos are as its parent's: by these the
 * contexts of open calls are made again in its own segment.
 */
#ifndef CINSTR_RUNTIME_TREE_PLACES_H
#define CINSTR_RUNTIME_TREE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include "runtime/base/lane.h"

#define PLACE_GRANULE   UINT64_C(64)
#define PLACES_ALIGNED  UINT64_C(0x800000)
#define PLACES_OF       UINT64_C(0x400000)
#define PLACES_GRANULES (CINSTR_SLOTS_DISTANCE / PLACE_GRANULE)
#define PLACES_UNITS    512u
#define GRANULE_SLOTS   (PLACE_GRANULE / sizeof(struct cinstr_place *))

struct place_info {
    uint64_t function, call_site;
    uint32_t number;
    uint32_t parent; /* the place above; 0: the lane's root, or it is not known */
    uint32_t node;
    uint32_t token; /* the lane's: else the rest is to be looked at */
    uint32_t owner; /* lane and generation of forks; 0: none */
    uint16_t back;  /* granules back to where the place begins */
    uint16_t granules;
};

/* Leads nowhere, and is entered where a call cannot be counted. Not in a unit. */
struct places_void {
    struct cinstr_place place;
    char unused[CINSTR_SLOTS_DISTANCE - sizeof(struct cinstr_place)];
    struct cinstr_place *slots[CINSTR_SLOTS_MOST];
};

#pragma GCC visibility push(default)
extern struct places_void cinstr1_void;
extern struct cinstr_place *cinstr1_no_slot; /* what cinstr1_slot begins with */
extern char *cinstr1_units[PLACES_UNITS];
#pragma GCC visibility pop

static inline bool slot_is_void(struct cinstr_place **slot) {
    return slot == &cinstr1_no_slot ||
           (uintptr_t)slot - (uintptr_t)&cinstr1_void < sizeof cinstr1_void;
}

static inline struct cinstr_place **place_slots(struct cinstr_place *place) {
    return (struct cinstr_place **)(void *)((char *)place + CINSTR_SLOTS_DISTANCE);
}

/* `address`: of a granule's place or slots. */
static inline struct place_info *info_at(uintptr_t address) {
    const uintptr_t unit = address & ~(PLACES_ALIGNED - 1);
    const uintptr_t granule = (address - unit) / PLACE_GRANULE % PLACES_GRANULES;
    struct place_info *info = (struct place_info *)(unit + PLACES_OF) + granule;

    return info - info->back;
}

static inline struct place_info *slot_info(struct cinstr_place **slot) {
    return info_at((uintptr_t)slot);
}

static inline struct place_info *place_info(const struct cinstr_place *place) {
    return info_at((uintptr_t)place);
}

/* By its number; that of the place of a node is the lane's to know. 0: none. */
static inline struct cinstr_place *place_at(uint32_t number) {
    return (struct cinstr_place *)(void *)(cinstr1_units[number / PLACES_GRANULES] +
                                           number % PLACES_GRANULES * PLACE_GRANULE);
}

/* The place of a node, if it is in order; NULL: the slow path has to see to it. */
static inline struct cinstr_place *place_of(const struct lane *lane,
                                            const struct segment_node *node) {
    const uint32_t number = lane->place_of[node_offset(lane, node) / (uint32_t)sizeof *node];
    struct cinstr_place *place = number == 0 ? NULL : place_at(number);

    return place != NULL && place->calls == &node->calls && place_info(place)->token == lane->token
               ? place
               : NULL;
}

/* Whether calls are counted by slots in this process: then hooks heed them. */
extern bool places_in_use;

/* Whether the slot belongs to a context of the lane's, in order. */
static inline bool slot_is_own(const struct lane *lane, struct cinstr_place **slot) {
    return !slot_is_void(slot) && slot_info(slot)->token == lane->token;
}

/* For a segment of that many nodes. False: no memory. */
bool places_init(uint64_t nodes);
/* In a fork child: empties the places where the kernel has not; and what is made from now on is the
 * child's own. */
void places_wipe(void);
void places_after_fork(void);

/* What cannot be counted is entered here. */
struct cinstr_place *places_void(void);
/* None of the lane's places is in order: it is new, or its root is another now. */
void places_renew(struct lane *lane);
/* The lane goes, and its places with it. The caller holds the process lock. */
void places_free(struct lane *lane);

/* All places are looked at again before they are entered. From any thread. */
void places_close_all(void);
/* How often that was done: to be read before what the other side has changed. */
uint64_t places_closings(void);

/* The place of the lane's own node, in order, with as many slots at least; made if need be. NULL:
 * no memory. Within hook_begin(), as what follows. */
struct cinstr_place *place_for(struct lane *lane, struct segment_node *node, uint64_t slots);
/* Lets calls enter it, unless places were closed since. */
void place_open(struct cinstr_place *place, const struct segment_node *node, uint64_t closed);

/* The context that a call by `slot` is made in. */
struct segment_node *slot_context(struct lane *lane, struct cinstr_place **slot);

/* The thread's word now, and a new one: for functions in which the thread may change. */
struct cinstr_place **slot_get(void);
void slot_set(struct cinstr_place **slot);

#endif
