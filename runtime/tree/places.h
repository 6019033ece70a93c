/* SPDX-License-Identifier: MIT */
/*
 * The places of cinstr/slots.h, in private memory. It is mapped in units whose alignment is larger
 * than their size, so that any address within a unit leads to its start:
 *
 *     unit                     places, of one or more granules of 64 bytes; empty in a fork child
 *     + CINSTR_SLOTS_DISTANCE  their slots, eight a granule
 *     + PLACES_OF              a struct place_info for each place
 *
 * A node has at most one place, and calls that enter it are counted in the node. A slot is a hint:
 * it may lead to any place, and whoever follows it checks that one. The function that a place
 * states is always true: when it may become untrue, it is cleared in all places
 * (places_close_all()), and only the slow path writes it again.
 *
 * In a fork child all places are empty, while slots and infos are its parent's: from those the
 * contexts of open calls are made again in its own segment.
 */
#ifndef CINSTR_RUNTIME_TREE_PLACES_H
#define CINSTR_RUNTIME_TREE_PLACES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include "draw.h"
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
    uint32_t token; /* the place is valid while it is the lane's */
    uint32_t owner; /* lane and generation of forks; 0: none */
    uint8_t back;   /* granules back to where the place begins */
    uint8_t granules;
    bool is_timed; /* its function may be */
};

/* A granule: what the program's code looks at, and what says which calls are timed. */
struct place {
    struct cinstr_place code;
    struct lane *lane;
    uint64_t *returns; /* tree_returns() of its node */
    struct draw draw;
};
_Static_assert(sizeof(struct place) <= PLACE_GRANULE, "a place fits its granule");

/* Which of its calls are looked at. */
enum place_looks { PLACE_NEVER, PLACE_ALWAYS, PLACE_DRAWN };

/* The void place, which calls enter that cannot be counted. Its slots lead to itself. It lies in no
 * unit. */
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

/* `address`: anywhere in a place or its slots. */
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

static inline struct lane *place_lane(const struct cinstr_place *place) {
    return ((const struct place *)(const void *)place)->lane;
}

/* Subtracts the return that readers add for a call which has a frame. */
static inline void place_owe_return(const struct cinstr_place *place) {
    --*((const struct place *)(const void *)place)->returns;
}

/* The node whose calls it counts. */
static inline struct segment_node *place_node(const struct cinstr_place *place) {
    return (struct segment_node *)(void *)((char *)place->calls -
                                           offsetof(struct segment_node, calls));
}

#pragma GCC visibility push(default)
/* timing=adaptive, at a call that is looked at: returns whether its duration is kept, and then for
 * how many calls it stands (2^shift). Sets which call is looked at next. */
bool cinstr_place_look(struct lane *lane, struct cinstr_place *place, uint32_t *shift);
#pragma GCC visibility pop

/* The place of that number, which must not be 0. */
static inline struct cinstr_place *place_at(uint32_t number) {
    return (struct cinstr_place *)(void *)(cinstr1_units[number / PLACES_GRANULES] +
                                           number % PLACES_GRANULES * PLACE_GRANULE);
}

/* The place of a node, if it is valid. NULL: the slow path has to find or make it. */
static inline struct cinstr_place *place_of(const struct lane *lane,
                                            const struct segment_node *node) {
    const uint32_t number = lane->place_of[node_offset(lane, node) / (uint32_t)sizeof *node];
    struct cinstr_place *place = number == 0 ? NULL : place_at(number);

    return place != NULL && place->calls == &node->calls && place_info(place)->token == lane->token
               ? place
               : NULL;
}

/* Whether calls go by slots in this process: then hooks take their context from them. */
extern bool places_in_use;

/* Whether the slot belongs to a valid place of the lane. */
static inline bool slot_is_own(const struct lane *lane, struct cinstr_place **slot) {
    return !slot_is_void(slot) && slot_info(slot)->token == lane->token;
}

/* Makes room for the places of `nodes` nodes. False: no memory. */
bool places_init(uint64_t nodes);
/* Empties all places, in a fork child in which the kernel has not. */
void places_wipe(void);
/* Makes the places of the parent invalid in a fork child. */
void places_after_fork(void);

/* The void place. */
struct cinstr_place *places_void(void);
/* Makes all places of the lane invalid, because it is new or has another root. */
void places_renew(struct lane *lane);
/* Frees the places of a lane that is freed. The caller holds the process lock. */
void places_free(struct lane *lane);

/* Closes all places: calls that would enter one take the slow path. Any thread may call it. */
void places_close_all(void);
/* How often places_close_all() was called. To be read before anything that its caller may have
 * changed. */
uint64_t places_closings(void);

/* The place of a node of the lane, valid, with at least `slots` slots; made if there is none.
 * `is_timed`: its function may be. NULL: no memory. Called within hook_begin(), like what follows. */
struct cinstr_place *place_for(struct lane *lane, struct segment_node *node, uint64_t slots,
                               bool is_timed);
/* Lets calls enter the place, unless places were closed since places_closings() was `closed`. */
void place_open(struct lane *lane, struct cinstr_place *place, enum place_looks looks,
                uint64_t closed);

/* The context in which a call through `slot` is made. */
struct segment_node *slot_context(struct lane *lane, struct cinstr_place **slot);

/* Read and set cinstr1_slot, for functions that may go on in another thread. */
struct cinstr_place **slot_get(void);
void slot_set(struct cinstr_place **slot);

#endif
