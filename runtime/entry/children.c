/* SPDX-License-Identifier: MIT */
/*
 * See children.h. The parent reserves a lane whose nodes none of its own threads touches. A child
 * maps its parent's file for a moment and adds its own nodes to that lane. Meanwhile it holds the
 * file's lock against other children; the kernel releases the lock if the child dies. If there are
 * too many calls, or something that cannot be added (samples, memory, labels, modules that the
 * parent does not know), the child has a profile of its own.
 */
#include "children.h"

#include <cinstr/segment.h>

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/options.h"
#include "runtime/base/sandbox.h"
#include "runtime/base/signals.h"
#include "runtime/base/spin.h"
#include "runtime/base/state.h"
#include "runtime/segment/columns.h"
#include "runtime/segment/labels.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/segment/segment_writer.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/duration.h"
#include "runtime/tree/lanes.h"
#include "runtime/tree/shadow.h"

/* A child that has lived longer than this has a profile of its own. */
#define MOMENT_NS UINT64_C(1000000000)

/* Blocks that are reserved at a time: 512 contexts. */
#define BLOCKS 8u

/* --- the parent ------------------------------------------------------------------------------- */

/* The blocks that were reserved last. */
static uint32_t batch[BLOCKS];

static bool is_batch_used(void) {
    uint32_t used = 0;
    for (unsigned i = 0; i < BLOCKS; i++)
        used += batch[i] == 0 || segment.blocks[batch[i]].count != 0;
    return used > BLOCKS / 2;
}

static void add_block(struct lane *lane, uint32_t block) {
    segment.blocks[block].count = 0;
    tree_block_next[lane->block - 1] = block + 1;
    lane->block = block + 1;
    __atomic_store_n(&segment.blocks[block].lane, lane->index + 1, __ATOMIC_RELEASE);
}

static void add_batch(struct lane *lane) {
    for (unsigned i = 0; i < BLOCKS; i++) {
        batch[i] = segment_take_block();
        if (batch[i] == 0 || segment.header->nodes_in_memory_from != 0)
            return;
        add_block(lane, batch[i]);
    }
}

/* Makes the children's lane, with a root and the label below it. */
static bool make_lane(uint64_t *lane) {
    const uint32_t label = label_find("process", "child");
    struct lane *children = label == 0 ? NULL : lane_new(SEGMENT_LANE_ENDED, 0, 0, NULL);
    if (children == NULL ||
        tree_add(children, tree_index(children->root), SEGMENT_FUNCTION_LABEL, label) == NULL)
        return false;
    memset(batch, 0, sizeof(batch));
    *lane = children->index;
    return true;
}

static void make_room(void) {
    uint64_t *lane = &segment.header->children_lane;
    if ((*lane != 0 || make_lane(lane)) && is_batch_used())
        add_batch(lane_at((uint32_t)*lane));
}

/* Threads may fork at once. */
static uint32_t room_lock;

void children_prepare(void) {
    if (process_sandbox.is_there || segment.path[0] == '\0' ||
        segment.header->nodes_in_memory_from != 0)
        return;
    const signals_mask before = signals_block();
    spin_lock(&room_lock);
    make_room();
    spin_unlock(&room_lock);
    signals_restore(before);
}

/* --- the child: its parent -------------------------------------------------------------------- */

static struct {
    char path[sizeof(segment.path)]; /* "": nothing can be handed over */
    uint64_t id, modules, tag;
} parent;

void children_inherit(void) {
    room_lock = 0; /* perhaps held by another thread when this one forked */
    memcpy(parent.path, segment.path, sizeof(parent.path));
    parent.id = segment.header->random_id;
    parent.modules = segment_count(SEGMENT_SECTION_MODULES);
    parent.tag = modules_tag();
    if (segment.header->children_lane == 0)
        parent.path[0] = '\0';
}

/* The parent's segment, as the child has mapped it. */
struct there {
    int fd;
    char *base;
    struct segment_header *header;
    struct segment_lane *lanes;
    struct segment_block *blocks;
    struct segment_node *nodes;
};

static bool open_parent(struct there *there) {
    struct stat status;
    there->base = MAP_FAILED;
    there->fd = (int)syscall(SYS_openat, AT_FDCWD, parent.path, O_RDWR | O_NOFOLLOW | O_CLOEXEC, 0);
    if (there->fd < 0 || fstat(there->fd, &status) != 0 ||
        syscall(SYS_flock, there->fd, LOCK_EX) != 0)
        return false;
    there->base =
        mmap(NULL, (size_t)status.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, there->fd, 0);
    if (there->base == MAP_FAILED)
        return false;
    there->header = (struct segment_header *)there->base;
    there->lanes = (void *)(there->base + there->header->sections[SEGMENT_SECTION_LANES].offset);
    there->blocks = (void *)(there->base + there->header->sections[SEGMENT_SECTION_BLOCKS].offset);
    there->nodes = (void *)(there->base + there->header->sections[SEGMENT_SECTION_NODES].offset);
    return there->header->random_id == parent.id && there->header->state == SEGMENT_LIVE &&
           there->header->children_lane != 0;
}

static void close_parent(const struct there *there) {
    if (there->base != MAP_FAILED)
        munmap(there->base, there->header->size);
    if (there->fd >= 0)
        syscall(SYS_close, there->fd);
}

static bool has_same_columns(const struct there *there) {
    const struct segment_header *own = segment.header, *other = there->header;
    if (own->column_count != other->column_count)
        return false;
    for (uint32_t i = 0; i < own->column_count; i++) {
        if (strcmp(own->columns[i].name, other->columns[i].name) != 0)
            return false;
    }
    return true;
}

/* --- the child: its nodes --------------------------------------------------------------------- */

static bool is_childrens(const struct there *there, uint64_t block) {
    return there->blocks[block].lane == there->header->children_lane + 1;
}

static uint32_t find_node(const struct there *there, uint32_t under,
                          const struct segment_node *of) {
    const uint64_t count = there->header->sections[SEGMENT_SECTION_BLOCKS].count;
    for (uint64_t block = 1; block < count; block++) {
        if (!is_childrens(there, block))
            continue;
        for (uint32_t i = 0; i < there->blocks[block].count; i++) {
            const uint32_t index = (uint32_t)block * SEGMENT_BLOCK_NODES + i;
            const struct segment_node *node = &there->nodes[index];
            if (node->parent == under && node->function == of->function &&
                (node->call_site == of->call_site || node->function == SEGMENT_FUNCTION_LABEL))
                return index;
        }
    }
    return 0;
}

static uint32_t add_node(const struct there *there, uint32_t under, const struct segment_node *of) {
    const uint64_t count = there->header->sections[SEGMENT_SECTION_BLOCKS].count;
    for (uint64_t block = 1; block < count; block++) {
        const uint32_t used = there->blocks[block].count;
        if (!is_childrens(there, block) || used == SEGMENT_BLOCK_NODES)
            continue;
        const uint32_t index = (uint32_t)block * SEGMENT_BLOCK_NODES + used;
        there->nodes[index].function = of->function;
        there->nodes[index].call_site = of->call_site;
        there->nodes[index].parent = under;
        __atomic_store_n(&there->blocks[block].count, used + 1, __ATOMIC_RELEASE);
        return index;
    }
    return 0;
}

static uint32_t find_root(const struct there *there) {
    static const struct segment_node label = {.function = SEGMENT_FUNCTION_LABEL};
    return find_node(there, there->lanes[there->header->children_lane].root, &label);
}

/* Calls `act` for each node of each lane, callers first, until it returns false. */
static bool for_each_node(const struct there *there,
                          bool (*act)(const struct there *, struct segment_node *)) {
    const uint64_t lanes = segment_count(SEGMENT_SECTION_LANES);
    for (uint64_t i = 0; i < lanes; i++) {
        const struct lane *lane = lane_at((uint32_t)i);
        for (uint32_t block = lane->ready ? lane->first_block : 0; block != 0;
             block = tree_block_next[block - 1]) {
            struct segment_node *node = tree_node((block - 1) * SEGMENT_BLOCK_NODES);
            for (uint32_t k = 0; k < segment.blocks[block - 1].count; k++) {
                if (!act(there, node + k))
                    return false;
            }
        }
    }
    return true;
}

/* Finds or makes the parent's node of the same context. */
static bool map_node(const struct there *there, struct segment_node *node) {
    const bool is_top =
        node->function == SEGMENT_FUNCTION_ROOT || node->function == SEGMENT_FUNCTION_LABEL;
    if (is_top) { /* grandchildren are children */
        node->merged = find_root(there);
        return node->merged != 0;
    }
    const uint32_t under = tree_node(node->parent)->merged;
    node->merged = find_node(there, under, node);
    if (node->merged == 0)
        node->merged = add_node(there, under, node);
    return node->merged != 0;
}

static bool move_node(const struct there *there, struct segment_node *node) {
    struct segment_node *to = &there->nodes[node->merged];
    to->calls += node->calls;
    to->callee_returns += node->callee_returns;
    to->self += node->self;
    to->total += node->total;
    node->calls = node->callee_returns = node->self = node->total = 0;
    columns_move(there->header, node->merged, tree_index(node));
    return true;
}

/* --- the child: its lanes --------------------------------------------------------------------- */

/* In the parent's segment the open calls end here. In this one they stay open, in case the process
 * goes on, but count as carried: their entries are counted in the parent's. */
static void settle_lane(struct segment_lane *to, struct lane *lane) {
    const struct segment_frame *base = shadow_base(lane);
    for (const struct segment_frame *frame = lane->top; frame > base; frame--)
        segment.unwinds[tree_index((const struct segment_node *)frame->node)]++;
    to->carried += lane->info->carried;
    to->unmatched_exits += lane->info->unmatched_exits;
    lane->info->carried = (uint64_t)(lane->top - base);
    lane->info->unmatched_exits = 0;
}

static bool is_this_thread(const struct lane *lane) {
    return lane->info->kind == SEGMENT_LANE_ENDED || lane->thread == cinstr1_self->thread;
}

/* Adds the time of the open calls to their nodes. False: a lane belongs to another thread or is
 * being changed. */
static bool rest_lanes(void) {
    const uint64_t lanes = segment_count(SEGMENT_SECTION_LANES);
    for (uint64_t i = 0; i < lanes; i++) {
        struct lane *lane = lane_at((uint32_t)i);
        if (lane->ready && (!is_this_thread(lane) || lane_in_hook(lane) || lane->outer != NULL))
            return false;
    }
    for (uint64_t i = 0; i < lanes; i++) {
        struct lane *lane = lane_at((uint32_t)i);
        if (!lane->ready || lane->info->kind == SEGMENT_LANE_ENDED)
            continue;
        duration_settle(lane);
        shadow_carry(lane, (struct segment_node *)shadow_base(lane)->node, cpu_time_now(lane));
    }
    return true;
}

/* Whether there is any label besides that of its own children. */
static bool has_labels(void) {
    const uint64_t count = segment_count(SEGMENT_SECTION_LABELS);
    return count > (segment.header->children_lane == 0 ? 0 : 2);
}

static bool has_losses(void) {
    const struct segment_losses *losses = &segment.header->losses;
    return losses->lost_calls != 0 || losses->lanes != 0 || losses->lane_calls != 0;
}

static bool is_simple(void) {
    const bool has_more = options.sample != 0 || options.heap != 0 || options.block != BLOCK_OFF ||
                          options.mutex || process_unwinds;
    return !has_more && parent.path[0] != '\0' && segment.header->forked != 0 && !has_labels() &&
           !has_losses() && segment_count(SEGMENT_SECTION_MODULES) == parent.modules &&
           modules_tag() == parent.tag &&
           clock_ns(CLOCK_MONOTONIC) - segment.header->start.monotonic_ns < MOMENT_NS;
}

/* Clears what children added before the parent's last cinstr_reset(). */
static void clear_old(const struct there *there, struct segment_lane *lane) {
    const uint64_t count = there->header->sections[SEGMENT_SECTION_BLOCKS].count;
    for (uint64_t block = 1; block < count; block++) {
        for (uint32_t i = 0; is_childrens(there, block) && i < there->blocks[block].count; i++) {
            const uint32_t index = (uint32_t)block * SEGMENT_BLOCK_NODES + i;
            struct segment_node *node = &there->nodes[index];
            node->calls = node->callee_returns = node->self = node->total = 0;
            for (uint32_t k = 0; k < there->header->column_count; k++) {
                const struct segment_column *column = &there->header->columns[k];
                memset(there->base + column->offset + (uint64_t)index * column->element_size, 0,
                       column->element_size);
            }
        }
    }
    lane->carried = lane->unmatched_exits = 0;
    lane->reset_epoch = there->header->reset_epoch;
}

static void move_all(const struct there *there) {
    const uint64_t lanes = segment_count(SEGMENT_SECTION_LANES);
    struct segment_lane *to = &there->lanes[there->header->children_lane];
    if (to->reset_epoch < there->header->reset_epoch)
        clear_old(there, to);
    for (uint64_t i = 0; i < lanes; i++) {
        struct lane *lane = lane_at((uint32_t)i);
        if (lane->ready)
            settle_lane(to, lane);
    }
    for_each_node(there, move_node);
    __atomic_add_fetch(&there->header->stray_ticks, segment.header->stray_ticks, __ATOMIC_RELAXED);
    segment.header->stray_ticks = 0;
}

bool children_hand_over(void) {
    struct there there;
    if (!is_simple() || !rest_lanes())
        return false;
    const bool is_moved =
        open_parent(&there) && has_same_columns(&there) && for_each_node(&there, map_node);
    if (is_moved)
        move_all(&there);
    close_parent(&there);
    return is_moved;
}
