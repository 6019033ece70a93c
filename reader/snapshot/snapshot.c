/* SPDX-License-Identifier: MIT */
/*
 * Takes a snapshot: header, tables, nodes, open calls, clock, in this order; and again if threads
 * were merged in the meantime. Called by the command and by the exit profile.
 */
#include "snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "liveness.h"
#include "reader/base/utf8.h"
#include "snapshot_clock.h"
#include "snapshot_copy.h"

enum { TRIES = 16 };

void snapshot_free(struct snapshot *snapshot) {
    if (snapshot == NULL)
        return;
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        free(snapshot->lanes[i].frames);
        free(snapshot->lanes[i].trace);
    }
    for (uint32_t i = 0; i < SEGMENT_MAX_COLUMNS; i++)
        free(snapshot->columns[i]);
    free(snapshot->lanes);
    free(snapshot->modules);
    free(snapshot->labels);
    free(snapshot->nodes);
    free(snapshot->node_lane);
    free(snapshot->samples);
    free(snapshot);
}

/* --- the tables ------------------------------------------------------------------------------- */

static int read_modules(const struct snapshot_source *source, struct snapshot *snapshot,
                        struct error *error) {
    const struct segment_section *section = &snapshot->header.sections[SEGMENT_SECTION_MODULES];
    if (section->count > UINT32_MAX)
        return error_set(error, "%s: damaged: too many modules", source->name);
    snapshot->modules =
        snapshot_read_array(source, section->offset, section->count, sizeof(*snapshot->modules),
                            section->element_size, error);
    if (snapshot->modules == NULL)
        return -1;
    snapshot->module_count = (uint32_t)section->count;
    for (uint32_t i = 0; i < snapshot->module_count; i++) {
        struct segment_module *module = &snapshot->modules[i];
        module->path[sizeof(module->path) - 1] = '\0';
        if (module->build_id_size > sizeof(module->build_id))
            module->build_id_size = 0;
    }
    return 0;
}

static int read_labels(const struct snapshot_source *source, struct snapshot *snapshot,
                       struct error *error) {
    const struct segment_section *section = &snapshot->header.sections[SEGMENT_SECTION_LABELS];
    if (section->count > UINT32_MAX)
        return error_set(error, "%s: damaged: too many labels", source->name);
    snapshot->labels = snapshot_read_array(source, section->offset, section->count,
                                           sizeof(*snapshot->labels), section->element_size, error);
    if (snapshot->labels == NULL)
        return -1;
    snapshot->label_count = (uint32_t)section->count;
    for (uint32_t i = 0; i < snapshot->label_count; i++) {
        snapshot->labels[i].key[sizeof(snapshot->labels[i].key) - 1] = '\0';
        snapshot->labels[i].value[sizeof(snapshot->labels[i].value) - 1] = '\0';
        utf8_clean(snapshot->labels[i].key);
        utf8_clean(snapshot->labels[i].value);
    }
    return 0;
}

/* As it is named now: pthread_setname_np() may have come after its first call. */
static void renew_name(struct segment_lane *lane, uint32_t pid) {
    char path[64], name[sizeof(lane->thread_name) + 1];
    snprintf(path, sizeof(path), "/proc/%u/task/%u/comm", pid, lane->tid);
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    const ssize_t size = fd < 0 ? -1 : read(fd, name, sizeof(name) - 1);
    if (fd >= 0)
        close(fd);
    if (size > 0) {
        name[size] = '\0';
        name[strcspn(name, "\n")] = '\0';
        snprintf(lane->thread_name, sizeof(lane->thread_name), "%.15s", name);
    }
}

static int read_lanes(const struct snapshot_source *source, struct snapshot *snapshot,
                      struct error *error) {
    const struct segment_section *section = &snapshot->header.sections[SEGMENT_SECTION_LANES];
    const bool is_here = liveness_of(&snapshot->header) == LIVENESS_ALIVE;
    struct segment_lane *slots;
    if (section->count >= UINT32_MAX)
        return error_set(error, "%s: damaged: too many lanes", source->name);
    slots = snapshot_read_array(source, section->offset, section->count, sizeof(*slots),
                                section->element_size, error);
    if (slots == NULL)
        return -1;
    snapshot->lanes = calloc(section->count + 1, sizeof(*snapshot->lanes));
    for (uint32_t i = 0; snapshot->lanes != NULL && i < section->count; i++) {
        if (slots[i].state != SEGMENT_LANE_USED && slots[i].state != SEGMENT_LANE_KEPT)
            continue;
        slots[i].thread_name[sizeof(slots[i].thread_name) - 1] = '\0';
        if (is_here && slots[i].state == SEGMENT_LANE_USED && slots[i].tid != 0)
            renew_name(&slots[i], snapshot->header.pid);
        struct snapshot_lane *lane = &snapshot->lanes[snapshot->lane_count++];
        lane->info = slots[i];
        lane->index = i;
        if (slots[i].reset_epoch < snapshot->header.reset_epoch)
            lane->info.unmatched_exits = 0;
    }
    free(slots);
    return snapshot->lanes != NULL ? 0 : error_set(error, "%s: out of memory", source->name);
}

/* --- one copy --------------------------------------------------------------------------------- */

static struct snapshot *copy(const struct snapshot_source *source, struct error *error) {
    struct snapshot *snapshot = calloc(1, sizeof(*snapshot));
    if (snapshot == NULL) {
        error_set(error, "%s: out of memory", source->name);
        return NULL;
    }
    if (snapshot_read_header(source, &snapshot->header, error) != 0) {
        free(snapshot);
        return NULL;
    }
    snapshot->is_live = liveness_of(&snapshot->header) != LIVENESS_DEAD;
    if (read_modules(source, snapshot, error) != 0 || read_labels(source, snapshot, error) != 0 ||
        read_lanes(source, snapshot, error) != 0 ||
        snapshot_read_traces(source, snapshot, error) != 0 ||
        snapshot_read_nodes(source, snapshot, error) != 0 ||
        snapshot_read_samples(source, snapshot, error) != 0 ||
        snapshot_read_frames(source, snapshot, error) != 0 ||
        (snapshot->is_live && snapshot_read_late_sums(source, snapshot, error) != 0)) {
        snapshot_free(snapshot);
        return NULL;
    }
    snapshot_read_clock(snapshot);
    return snapshot;
}

/* If the sequence is odd, or has changed, a thread was being merged and its calls may count
 * twice. */
static bool was_merging(const struct snapshot_source *source, const struct snapshot *snapshot) {
    struct segment_header now;
    struct error ignored;
    return snapshot->header.merge_sequence % 2 != 0 ||
           snapshot_read(source, 0, &now, sizeof(now), &ignored) != 0 ||
           now.merge_sequence != snapshot->header.merge_sequence;
}

static struct snapshot *take(const struct snapshot_source *source, struct error *error) {
    struct snapshot *snapshot = copy(source, error);
    for (int i = 1; i < TRIES && snapshot != NULL && snapshot->is_live; i++) {
        if (!was_merging(source, snapshot))
            return snapshot;
        snapshot_free(snapshot);
        snapshot = copy(source, error);
    }
    if (snapshot != NULL)
        snapshot->is_torn = was_merging(source, snapshot);
    return snapshot;
}

struct snapshot *snapshot_read_fd(int fd, const char *name, struct error *error) {
    struct snapshot_source source = {.name = name, .fd = fd};
    struct stat status;
    if (fstat(fd, &status) != 0) {
        error_set_errno(error, "cannot look at %s", name);
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        error_set(error, "%s: not a segment of cinstr: not a regular file", name);
        return NULL;
    }
    source.size = (uint64_t)status.st_size;
    return take(&source, error);
}

struct snapshot *snapshot_open(const char *path, struct error *error) {
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct snapshot *snapshot;
    if (fd < 0) {
        error_set_errno(error, "cannot open %s", path);
        return NULL;
    }
    snapshot = snapshot_read_fd(fd, path, error);
    close(fd);
    return snapshot;
}

struct snapshot *snapshot_from_memory(const void *base, size_t size, const char *name,
                                      struct error *error) {
    const struct snapshot_source source = {.memory = base, .size = size, .name = name};
    return take(&source, error);
}

uint64_t snapshot_threads(const struct snapshot *snapshot) {
    uint64_t threads = 0;
    for (uint32_t i = 0; i < snapshot->lane_count; i++)
        threads +=
            (snapshot->lanes[i].info.kind == SEGMENT_LANE_THREAD) + snapshot->lanes[i].info.threads;
    return threads;
}
