/* SPDX-License-Identifier: MIT */
/*
 * The context trees of a snapshot. Only blocks in use are read, so that memory depends on what was
 * recorded, not on what the file has room for. Called by snapshot.c.
 */
#include <stdlib.h>
#include <string.h>

#include "snapshot_columns.h"
#include "snapshot_copy.h"

struct blocks {
    struct segment_block *blocks;
    uint32_t count;
};

/* The caller frees the blocks, whatever it returns. */
static int read_blocks(const struct snapshot_source *source, const struct snapshot *snapshot,
                       uint64_t count, struct blocks *blocks, struct error *error) {
    const struct segment_section *section = &snapshot->header.sections[SEGMENT_SECTION_BLOCKS];
    blocks->count = (uint32_t)count;
    blocks->blocks = snapshot_read_array(source, section->offset, count, sizeof(*blocks->blocks),
                                         section->element_size, error);
    if (blocks->blocks == NULL)
        return -1;
    for (uint32_t i = 0; i < blocks->count; i++) {
        if (blocks->blocks[i].count > SEGMENT_BLOCK_NODES)
            return error_set(error, "%s: damaged: block %u holds too many nodes", source->name, i);
    }
    return 0;
}

/* Index into lanes of each slot; slots that are not in use stay SNAPSHOT_NONE. */
static uint32_t *lanes_by_slot(const struct snapshot *snapshot) {
    const uint64_t slots = snapshot->header.sections[SEGMENT_SECTION_LANES].count;
    uint32_t *by_slot = reallocarray(NULL, slots + 1, sizeof(*by_slot));
    if (by_slot == NULL)
        return NULL;
    memset(by_slot, 0xff, (slots + 1) * sizeof(*by_slot));
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        by_slot[snapshot->lanes[i].index] = i;
    return by_slot;
}

static uint32_t lane_of(const struct snapshot *snapshot, const uint32_t *by_slot,
                        const struct segment_block *block) {
    const uint64_t slots = snapshot->header.sections[SEGMENT_SECTION_LANES].count;
    return block->lane == 0 || block->lane > slots ? SNAPSHOT_NONE : by_slot[block->lane - 1];
}

static int read_block(const struct snapshot_source *source, struct snapshot *snapshot,
                      uint32_t first, uint32_t count, struct error *error) {
    const struct segment_header *header = &snapshot->header;
    const uint64_t offset = header->sections[SEGMENT_SECTION_NODES].offset;
    for (uint32_t i = 0; i < header->column_count; i++) {
        const uint64_t size = header->columns[i].element_size;
        if (snapshot_read(source, header->columns[i].offset + first * size,
                          snapshot->columns[i] + first * size, count * size, error) != 0)
            return -1;
    }
    return snapshot_read(source, offset + first * sizeof(struct segment_node),
                         &snapshot->nodes[first], count * sizeof(struct segment_node), error);
}

static void forget_values(struct snapshot *snapshot, uint32_t node, bool keeps_gauges) {
    memset(&snapshot->nodes[node], 0, sizeof(snapshot->nodes[node]));
    for (uint32_t i = 0; i < snapshot->header.column_count; i++) {
        const size_t size = snapshot->header.columns[i].element_size;
        if (keeps_gauges && snapshot->header.columns[i].combine == SEGMENT_COMBINE_GAUGE)
            continue;
        memset(snapshot->columns[i] + node * size, 0, size);
    }
}

static void forget_node(struct snapshot *snapshot, uint32_t node) {
    forget_values(snapshot, node, false);
    snapshot->node_lane[node] = SNAPSHOT_NONE;
}

/* Recorded before the last cinstr_reset(), which the lane has not carried out yet. */
static void clear_values(struct snapshot *snapshot, uint32_t node) {
    struct segment_node old = snapshot->nodes[node];
    forget_values(snapshot, node, true);
    snapshot->nodes[node].function = old.function;
    snapshot->nodes[node].call_site = old.call_site;
    snapshot->nodes[node].parent = old.parent;
    snapshot->nodes[node].kind = old.kind;
}

static bool is_before_reset(const struct snapshot *snapshot, uint32_t lane) {
    return snapshot->lanes[lane].info.reset_epoch < snapshot->header.reset_epoch;
}

/* When the file could not grow, the process continued in its own memory. */
static bool is_in_source(const struct snapshot_source *source, const struct snapshot *snapshot,
                         uint32_t node) {
    const uint64_t from = snapshot->header.nodes_in_memory_from;
    return source->memory != NULL || from == 0 || node + UINT64_C(1) < from;
}

static int copy_blocks(const struct snapshot_source *source, struct snapshot *snapshot,
                       const struct blocks *blocks, const uint32_t *by_slot, struct error *error) {
    for (uint32_t i = 1; i < blocks->count; i++) {
        const uint32_t lane = lane_of(snapshot, by_slot, &blocks->blocks[i]);
        const uint32_t first = i * SEGMENT_BLOCK_NODES;
        const uint32_t count = blocks->blocks[i].count;

        if (!is_in_source(source, snapshot, first)) { /* nor may its block be */
            snapshot->lacks_nodes = true;
            break;
        }
        if (lane == SNAPSHOT_NONE || count == 0)
            continue;
        if (read_block(source, snapshot, first, count, error) != 0)
            return -1;
        for (uint32_t node = first; node < first + count; node++) {
            snapshot->node_lane[node] = lane;
            if (is_before_reset(snapshot, lane))
                clear_values(snapshot, node);
        }
    }
    return 0;
}

/* --- the trees -------------------------------------------------------------------------------- */

enum mark { UNSEEN, ON_PATH, GOOD, BAD };

static bool is_root(const struct segment_node *node) {
    return node->parent == 0 && node->function == SEGMENT_FUNCTION_ROOT;
}

/* Follows parents up to a node whose state is known; all nodes on the way then have that state.
 * Nodes that were published while the table of blocks was read may lack a parent: they are left
 * out. */
static enum mark follow(const struct snapshot *snapshot, unsigned char *marks, uint32_t node) {
    uint32_t at = node;
    enum mark result;
    while (marks[at] == UNSEEN && snapshot->node_lane[at] != SNAPSHOT_NONE) {
        const uint32_t parent = snapshot->nodes[at].parent;
        marks[at] = ON_PATH;
        if (parent == 0 || parent >= snapshot->node_count)
            break;
        at = parent;
    }
    if (marks[at] == ON_PATH)
        result = is_root(&snapshot->nodes[at]) ? GOOD : BAD;
    else
        result = marks[at] == GOOD ? GOOD : BAD;
    for (at = node; marks[at] == ON_PATH; at = snapshot->nodes[at].parent) {
        marks[at] = (unsigned char)result;
        if (snapshot->nodes[at].parent >= snapshot->node_count)
            break;
    }
    return result;
}

static int check_trees(const struct snapshot_source *source, struct snapshot *snapshot,
                       struct error *error) {
    unsigned char *marks = calloc((size_t)snapshot->node_count + 1, 1);
    if (marks == NULL)
        return error_set(error, "%s: out of memory", source->name);
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (snapshot->node_lane[i] == SNAPSHOT_NONE || follow(snapshot, marks, i) == GOOD)
            continue;
        if (!snapshot->is_live) {
            free(marks);
            return error_set(error, "%s: damaged: node %u has no parent", source->name, i);
        }
    }
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (marks[i] == BAD)
            forget_node(snapshot, i);
    }
    free(marks);
    return 0;
}

/* --- calls without an end ----------------------------------------------------------------------- */

/* The segment does not say when counted calls end, so each ends as it begins, except those that the
 * recorder has subtracted. Their returns are added to the caller's, or to the lane's root where the
 * caller is in another lane: a signal handler has interrupted that one. */
static void end_counted_calls(struct snapshot *snapshot) {
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        const struct segment_node *node = &snapshot->nodes[i];
        const uint32_t lane = snapshot->node_lane[i];
        if (lane == SNAPSHOT_NONE || node->kind != SEGMENT_NODE_COUNTED)
            continue;
        const bool is_own = snapshot->node_lane[node->parent] == lane;
        const uint32_t caller = is_own ? node->parent : snapshot->lanes[lane].info.root;
        if (caller < snapshot->node_count)
            snapshot->nodes[caller].callee_returns += node->calls;
    }
    /* A caller may be copied later than the functions it calls. */
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        struct segment_node *node = &snapshot->nodes[i];
        if ((int64_t)node->callee_returns < 0 && node->function != SEGMENT_FUNCTION_ROOT)
            node->callee_returns = 0;
    }
}

/* --- sums ------------------------------------------------------------------------------------- */

static void add_early_sums(struct snapshot *snapshot) {
    const uint64_t *unwinds = snapshot_column(snapshot, "unwinds");
    for (uint32_t i = 1; i < snapshot->node_count; i++) {
        if (snapshot->node_lane[i] == SNAPSHOT_NONE)
            continue;
        struct snapshot_sums *sums = &snapshot->lanes[snapshot->node_lane[i]].early;
        sums->calls += snapshot->nodes[i].calls;
        sums->exits += snapshot->nodes[i].callee_returns + (unwinds != NULL ? unwinds[i] : 0);
        if (snapshot->nodes[i].kind == SEGMENT_NODE_COUNTED)
            sums->exits += snapshot->nodes[i].calls;
    }
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        snapshot->lanes[i].late = snapshot->lanes[i].early;
}

static const struct segment_column *find_unwinds(const struct snapshot *snapshot) {
    for (uint32_t i = 0; i < snapshot->header.column_count; i++) {
        if (strcmp(snapshot->header.columns[i].name, "unwinds") == 0)
            return &snapshot->header.columns[i];
    }
    return NULL;
}

static int add_late_block(const struct snapshot_source *source, const struct snapshot *snapshot,
                          uint32_t first, uint32_t count, struct snapshot_sums *sums,
                          struct error *error) {
    const struct segment_column *column = find_unwinds(snapshot);
    const uint64_t offset = snapshot->header.sections[SEGMENT_SECTION_NODES].offset;
    struct segment_node nodes[SEGMENT_BLOCK_NODES];
    uint64_t unwinds[SEGMENT_BLOCK_NODES] = {0};
    if (snapshot_read(source, offset + first * sizeof(*nodes), nodes, count * sizeof(*nodes),
                      error) != 0)
        return -1;
    if (column != NULL && snapshot_read(source, column->offset + first * UINT64_C(8), unwinds,
                                        count * UINT64_C(8), error) != 0)
        return -1;
    for (uint32_t i = 0; i < count; i++) {
        sums->calls += nodes[i].calls;
        sums->exits += nodes[i].callee_returns + unwinds[i];
        if (nodes[i].kind == SEGMENT_NODE_COUNTED)
            sums->exits += nodes[i].calls;
    }
    return 0;
}

/* Includes blocks that came into use after the header was read. */
static int read_late_blocks(const struct snapshot_source *source, const struct snapshot *snapshot,
                            struct blocks *blocks, struct error *error) {
    const struct segment_section *nodes = &snapshot->header.sections[SEGMENT_SECTION_NODES];
    const uint64_t capacity = nodes->offset + nodes->capacity * nodes->element_size <= source->size
                                  ? nodes->capacity
                                  : nodes->count;
    struct segment_header now;
    if (snapshot_read(source, 0, &now, sizeof(now), error) != 0)
        return -1;
    uint64_t count = now.sections[SEGMENT_SECTION_NODES].count;
    if (count > capacity)
        count = capacity;
    return read_blocks(source, snapshot, count / SEGMENT_BLOCK_NODES, blocks, error);
}

int snapshot_read_late_sums(const struct snapshot_source *source, struct snapshot *snapshot,
                            struct error *error) {
    uint32_t *by_slot = lanes_by_slot(snapshot);
    struct blocks blocks = {NULL, 0};
    int result = by_slot == NULL ? error_set(error, "%s: out of memory", source->name)
                                 : read_late_blocks(source, snapshot, &blocks, error);
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        snapshot->lanes[i].late = (struct snapshot_sums){0, 0};
    for (uint32_t i = 1; result == 0 && i < blocks.count; i++) {
        const uint32_t lane = lane_of(snapshot, by_slot, &blocks.blocks[i]);
        if (lane != SNAPSHOT_NONE && !is_before_reset(snapshot, lane))
            result = add_late_block(source, snapshot, i * SEGMENT_BLOCK_NODES,
                                    blocks.blocks[i].count, &snapshot->lanes[lane].late, error);
    }
    free(by_slot);
    free(blocks.blocks);
    return result;
}

/* --- all of it -------------------------------------------------------------------------------- */

/* Memory that is never written costs nothing. */
static int make_room(const struct snapshot_source *source, struct snapshot *snapshot,
                     struct error *error) {
    const struct segment_header *header = &snapshot->header;
    bool is_full;
    snapshot->node_count = (uint32_t)(header->sections[SEGMENT_SECTION_NODES].count /
                                      SEGMENT_BLOCK_NODES * SEGMENT_BLOCK_NODES);
    snapshot->nodes = calloc((size_t)snapshot->node_count + 1, sizeof(*snapshot->nodes));
    snapshot->node_lane =
        reallocarray(NULL, (size_t)snapshot->node_count + 1, sizeof(*snapshot->node_lane));
    is_full = snapshot->nodes != NULL && snapshot->node_lane != NULL;
    for (uint32_t i = 0; i < header->column_count; i++) {
        snapshot->columns[i] =
            calloc((size_t)snapshot->node_count + 1, header->columns[i].element_size);
        is_full = is_full && snapshot->columns[i] != NULL;
    }
    if (!is_full)
        return error_set(error, "%s: out of memory", source->name);
    memset(snapshot->node_lane, 0xff,
           ((size_t)snapshot->node_count + 1) * sizeof(*snapshot->node_lane));
    return 0;
}

int snapshot_read_nodes(const struct snapshot_source *source, struct snapshot *snapshot,
                        struct error *error) {
    struct blocks blocks = {NULL, 0};
    uint32_t *by_slot;
    int result;
    if (make_room(source, snapshot, error) != 0)
        return -1;
    by_slot = lanes_by_slot(snapshot);
    if (by_slot == NULL)
        return error_set(error, "%s: out of memory", source->name);
    result =
        read_blocks(source, snapshot, snapshot->node_count / SEGMENT_BLOCK_NODES, &blocks, error);
    if (result == 0)
        result = copy_blocks(source, snapshot, &blocks, by_slot, error);
    if (result == 0)
        result = check_trees(source, snapshot, error);
    if (result == 0) {
        add_early_sums(snapshot);
        end_counted_calls(snapshot);
        snapshot_add_late_durations(snapshot);
    }
    free(by_slot);
    free(blocks.blocks);
    return result;
}
