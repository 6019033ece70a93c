/* SPDX-License-Identifier: MIT */
/* See places.h. Async-signal-safe: only growth waits, for other threads' growth. */
#include "places.h"

#include <cinstr/segment.h>
#include <cinstr/slots.h>

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "context_tree.h"
#include "draw.h"
#include "runtime/base/lane.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/spin.h"
#include "runtime/base/state.h"
#include "runtime/base/wiped.h"
#include "runtime/segment/segment_parts.h"
#include "shadow.h"

/* The granules that a lane takes at a time: as many as the largest place needs. */
#define CHUNK_GRANULES (CINSTR_SLOTS_MOST / (uint32_t)GRANULE_SLOTS)
#define UNIT_CHUNKS    ((uint32_t)(PLACES_GRANULES / CHUNK_GRANULES))
#define CHUNKS         (PLACES_UNITS * UNIT_CHUNKS)

struct places_void cinstr1_void;
struct cinstr_place *cinstr1_no_slot = &cinstr1_void.place;
__thread struct cinstr_place **cinstr1_slot __attribute__((tls_model("initial-exec"))) =
    &cinstr1_no_slot;
char *cinstr1_units[PLACES_UNITS];
bool places_in_use;

static uint32_t *place_numbers;     /* the place of each node; 0: none */
static uint32_t chunks_taken = 1;   /* chunk 0 is not used: it would hold place 0 */
static uint32_t chunk_next[CHUNKS]; /* the next of the lane's or of the free chunks; + 1 */
static uint32_t free_chunk;         /* + 1 */
static uint32_t last_token;
static uint32_t forks;
static uint64_t closings;

static uint64_t nowhere;

struct cinstr_place *places_void(void) {
    if (cinstr1_void.place.calls == NULL) {
        for (uint32_t i = 0; i < CINSTR_SLOTS_MOST; i++)
            cinstr1_void.slots[i] = &cinstr1_void.place;
        cinstr1_void.place.calls = &nowhere;
        cinstr1_void.place.left = INT64_MAX;
    }
    return &cinstr1_void.place;
}

/* --- chunks ----------------------------------------------------------------------------------- */

static char *map_unit(void) {
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    const size_t size = PLACES_OF + PLACES_GRANULES * sizeof(struct place_info);
    char *all = mmap(NULL, PLACES_ALIGNED + size, PROT_READ | PROT_WRITE, flags, -1, 0);
    char *unit, *end;

    if (all == MAP_FAILED)
        return NULL;
    unit = (char *)(((uintptr_t)all + PLACES_ALIGNED - 1) & ~(PLACES_ALIGNED - 1));
    end = unit + ((size + 4095) & ~(size_t)4095);
    if (unit > all)
        munmap(all, (size_t)(unit - all));
    munmap(end, (size_t)(all + PLACES_ALIGNED + size - end));
    madvise(unit, CINSTR_SLOTS_DISTANCE, MADV_WIPEONFORK);
    return unit;
}

static bool make_unit(uint32_t index) {
    static uint32_t lock;
    static const short calls[] = {SYS_mmap, SYS_munmap, SYS_madvise, SYS_rt_sigprocmask, -1};
    const uint64_t all = UINT64_MAX;
    uint64_t mask;

    if (index >= PLACES_UNITS)
        return false;
    if (__atomic_load_n(&cinstr1_units[index], __ATOMIC_ACQUIRE) != NULL)
        return true;
    if (!sandbox_allows_all(calls))
        return false;
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &all, &mask, sizeof mask);
    spin_lock(&lock);
    if (cinstr1_units[index] == NULL)
        __atomic_store_n(&cinstr1_units[index], map_unit(), __ATOMIC_RELEASE);
    spin_unlock(&lock);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
    return cinstr1_units[index] != NULL;
}

bool places_init(uint64_t nodes) {
    void *memory = mmap(NULL, nodes * sizeof *place_numbers, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    places_void();
    place_numbers = memory == MAP_FAILED ? NULL : memory;
    return place_numbers != NULL && make_unit(0); /* at once: a sandbox may come */
}

static struct cinstr_place *chunk_start(uint32_t chunk) {
    return place_at(chunk * CHUNK_GRANULES);
}

/* No slot is ever NULL: whatever slot a thread's word points to, it leads to a place. */
static void clear_slots(uint32_t chunk) {
    struct cinstr_place **slots = place_slots(chunk_start(chunk));

    for (uint32_t i = 0; i < CINSTR_SLOTS_MOST; i++)
        slots[i] = &cinstr1_void.place;
}

static uint32_t take_free_chunk(void) {
    uint32_t chunk = 0;

    if (free_chunk != 0 && process_try_lock()) {
        if (free_chunk != 0) {
            chunk = free_chunk - 1;
            free_chunk = chunk_next[chunk];
            chunk_next[chunk] = 0;
        }
        process_unlock();
    }
    return chunk;
}

/* 0: there is none left. */
static uint32_t take_chunk(void) {
    uint32_t chunk = take_free_chunk();

    if (chunk != 0)
        return chunk;
    if (__atomic_load_n(&chunks_taken, __ATOMIC_RELAXED) >= CHUNKS)
        return 0;
    chunk = __atomic_fetch_add(&chunks_taken, 1, __ATOMIC_RELAXED);
    if (chunk >= CHUNKS || !make_unit(chunk / UNIT_CHUNKS))
        return 0;
    clear_slots(chunk);
    return chunk;
}

static bool lane_take_chunk(struct lane *lane) {
    const uint32_t chunk = take_chunk();

    if (chunk == 0)
        return false;
    if (lane->last_chunk != 0)
        chunk_next[lane->last_chunk] = chunk + 1;
    else
        lane->first_chunk = chunk;
    lane->last_chunk = chunk;
    lane->next_place = chunk * CHUNK_GRANULES;
    lane->end_place = lane->next_place + CHUNK_GRANULES;
    return true;
}

/* 0: no memory. */
static uint32_t take_place(struct lane *lane, uint64_t slots) {
    const uint32_t granules = slots <= GRANULE_SLOTS ? 1 : (uint32_t)((slots + 7) / GRANULE_SLOTS);
    struct place_info *info;
    uint32_t number;

    if (lane->end_place - lane->next_place < granules && !lane_take_chunk(lane))
        return 0;
    number = lane->next_place;
    lane->next_place += granules;
    info = place_info(place_at(number));
    info->number = number;
    info->granules = (uint8_t)granules;
    for (uint32_t i = 1; i < granules; i++)
        info[i].back = (uint8_t)i;
    return number;
}

/* --- closing ---------------------------------------------------------------------------------- */

static void close_chunk(uint32_t chunk) {
    char *at = (char *)chunk_start(chunk);

    for (uint32_t i = 0; i < CHUNK_GRANULES; i++, at += PLACE_GRANULE)
        __atomic_store_n(&((struct cinstr_place *)(void *)at)->function, 0, __ATOMIC_RELAXED);
}

void places_close_all(void) {
    const uint32_t count = __atomic_load_n(&chunks_taken, __ATOMIC_ACQUIRE);

    __atomic_add_fetch(&closings, 1, __ATOMIC_SEQ_CST);
    for (uint32_t chunk = 1; chunk < count && chunk < CHUNKS; chunk++) {
        if (__atomic_load_n(&cinstr1_units[chunk / UNIT_CHUNKS], __ATOMIC_ACQUIRE) != NULL)
            close_chunk(chunk);
    }
}

uint64_t places_closings(void) {
    return __atomic_load_n(&closings, __ATOMIC_SEQ_CST);
}

static uint32_t lane_owner(const struct lane *lane) {
    return forks << 16 | (lane->index + 1);
}

void places_renew(struct lane *lane) {
    lane->place_of = place_numbers;
    lane->token = __atomic_add_fetch(&last_token, 1, __ATOMIC_RELAXED);
    for (uint32_t chunk = lane->first_chunk; chunk != 0;) {
        close_chunk(chunk);
        chunk = chunk_next[chunk] == 0 ? 0 : chunk_next[chunk] - 1;
    }
}

void places_free(struct lane *lane) {
    for (uint32_t chunk = lane->first_chunk, next; chunk != 0; chunk = next) {
        next = chunk_next[chunk] == 0 ? 0 : chunk_next[chunk] - 1;
        memset(chunk_start(chunk), 0, CHUNK_GRANULES * PLACE_GRANULE);
        memset(place_info(chunk_start(chunk)), 0, CHUNK_GRANULES * sizeof(struct place_info));
        clear_slots(chunk);
        chunk_next[chunk] = free_chunk;
        free_chunk = chunk + 1;
    }
    lane->first_chunk = lane->last_chunk = 0;
}

void places_wipe(void) {
    for (uint32_t chunk = 1; chunk < chunks_taken && chunk < CHUNKS; chunk++) {
        if (cinstr1_units[chunk / UNIT_CHUNKS] != NULL)
            memset(chunk_start(chunk), 0, CHUNK_GRANULES * PLACE_GRANULE);
    }
}

void places_after_fork(void) {
    forks++;
}

/* --- a node's place --------------------------------------------------------------------------- */

static struct place_info *info_of(uint32_t number) {
    return place_info(place_at(number));
}

/* The place that the node has, valid or not. 0: it has none, or one with too few slots. */
static uint32_t known_place(const struct lane *lane, const struct segment_node *node,
                            uint64_t slots) {
    const uint32_t index = tree_index(node), number = place_numbers[index];
    const struct place_info *info = number == 0 ? NULL : info_of(number);

    return info != NULL && info->node == index && info->owner == lane_owner(lane) &&
                   info->granules * GRANULE_SLOTS >= slots
               ? number
               : 0;
}

static uint32_t parent_place(const struct lane *lane, const struct segment_node *node) {
    const struct cinstr_place *parent =
        node->parent == 0 ? NULL : place_of(lane, tree_node(node->parent));

    return parent == NULL ? 0 : place_info(parent)->number;
}

static struct cinstr_place *settle(const struct lane *lane, uint32_t number,
                                   struct segment_node *node) {
    struct cinstr_place *place = place_at(number);
    struct place_info *info = place_info(place);

    info->node = tree_index(node);
    info->owner = lane_owner(lane);
    info->token = lane->token;
    place->calls = &node->calls;
    place_numbers[info->node] = number;
    return place;
}

struct cinstr_place *place_for(struct lane *lane, struct segment_node *node, uint64_t slots,
                               bool is_timed) {
    uint32_t number = known_place(lane, node, slots);

    if (number == 0) {
        number = take_place(lane, slots);
        if (number == 0)
            return NULL;
        struct place_info *info = info_of(number);
        info->function = node->function;
        info->call_site = node->call_site;
        info->parent = parent_place(lane, node);
        info->is_timed = is_timed;
    }
    return settle(lane, number, node);
}

static uint32_t level(const struct cinstr_place *place) {
    return place_node(place)->writer & LANE_SHIFT_MASK;
}

static int64_t calls_before(struct lane *lane, struct place *place, enum place_looks looks) {
    const int64_t drawn = lane->timed_calls == NULL
                              ? 0
                              : draw_begin(&place->draw, level(&place->code), &lane->random);

    return looks == PLACE_NEVER ? INT64_MAX : looks == PLACE_ALWAYS ? 0 : drawn;
}

/* A place closed meanwhile stays closed: places_close_all() counts first and then closes. */
void place_open(struct lane *lane, struct cinstr_place *place, enum place_looks looks,
                uint64_t closed) {
    const struct segment_node *node = place_node(place);
    struct place *all = (struct place *)(void *)place;

    all->returns = tree_returns(lane, node);
    all->lane = lane;
    if (place->function == 0)
        place->left = calls_before(lane, all, looks);
    place->call_site = node->call_site;
    __atomic_store_n(&place->function, node->function & SEGMENT_ADDRESS_MASK, __ATOMIC_SEQ_CST);
    if (places_closings() != closed)
        place->function = 0;
}

bool cinstr_place_look(struct lane *lane, struct cinstr_place *place, uint32_t *shift) {
    struct draw *draw = &((struct place *)(void *)place)->draw;
    const bool is_timed = draw_is_timed(draw);

    *shift = draw->shift;
    place->left = draw_next(draw, level(place), &lane->random);
    return is_timed;
}

/* --- the context that a slot belongs to ------------------------------------------------------- */

/* Makes the context of a place again, from the root down: what the place knows is a node of the
 * parent process or below another label. The chain of parents is reversed on the way up and
 * restored on the way down. */
static struct segment_node *restore(struct lane *lane, uint32_t number) {
    struct segment_node *node = (struct segment_node *)shadow_base(lane)->node;
    uint32_t above = 0;

    for (uint32_t next; number != 0 && info_of(number)->token != lane->token; number = next) {
        next = info_of(number)->parent;
        info_of(number)->parent = above;
        above = number;
    }
    if (number != 0)
        node = tree_node(info_of(number)->node);
    for (uint32_t at = above, next; at != 0; at = next) {
        struct place_info *info = info_of(at);
        const bool is_root = info->function >> SEGMENT_ADDRESS_BITS == 0;
        struct segment_node *child =
            is_root ? node : tree_child(lane, node, info->function, info->call_site);

        next = info->parent;
        info->parent = number;
        node = child == NULL ? node : child;
        settle(lane, at, node);
        number = at;
    }
    return node;
}

/* Whether the place belongs to another lane of this process. A thread may run on several lanes, and
 * its word may still point to a slot of the last one. */
static bool is_of_another(const struct lane *lane, const struct place_info *info) {
    return info->owner == 0 ||
           (info->owner != lane_owner(lane) && info->owner >> 16 == lane_owner(lane) >> 16);
}

struct segment_node *slot_context(struct lane *lane, struct cinstr_place **slot) {
    struct segment_node *top = (struct segment_node *)lane->top->node;
    const struct place_info *info;

    if (slot_is_void(slot))
        return slot == &cinstr1_no_slot || lane->void_parent == NULL ? top : lane->void_parent;
    info = slot_info(slot);
    for (const struct lane *of = lane; of != NULL; of = of->outer) { /* a handler's caller too */
        if (info->token == of->token)
            return tree_node(info->node);
    }
    return is_of_another(lane, info) ? top : restore(lane, info->number);
}

struct cinstr_place **slot_get(void) {
    return cinstr1_slot;
}

void slot_set(struct cinstr_place **slot) {
    cinstr1_slot = slot;
}
