/* SPDX-License-Identifier: MIT */
/*
 * The public functions (include/cinstr.h). Cold.
 */
#include <cinstr.h>
#include <cinstr/segment.h>
#include <cinstr/whole_file.h>

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exit_profile.h"
#include "runtime/base/clock.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "runtime/base/writing.h"
#include "runtime/entry/entry.h"
#include "runtime/entry/lane_select.h"
#include "runtime/entry/stack_switch.h"
#include "runtime/segment/labels.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/cpu_time.h"
#include "runtime/tree/places.h"
#include "runtime/tree/shadow.h"
#include "runtime/tree/trace_ring.h"
#include "trace_mark.h"

#define PUBLIC __attribute__((visibility("default")))

static bool is_up(void) {
    return process_state == PROCESS_UP;
}

/* Sends every lane's next hook but one to the slow path, which looks for changes. */
static void wake_lanes(void) {
    const uint64_t count = segment_count(SEGMENT_SECTION_LANES);

    for (uint64_t i = 1; i < count; i++)
        lane_wake(lane_at((uint32_t)i));
}

PUBLIC void cinstr_start(void) {
    if (!is_up())
        return;
    process_recording = true;
    modules_switch(true);
}

PUBLIC void cinstr_stop(void) {
    if (!is_up())
        return;
    process_recording = false;
    wake_lanes();
    places_close_all();
    /* Takes effect in the calling thread at once. */
    if (cinstr1_self->ready && !lane_in_hook(cinstr1_self))
        cinstr1_self->span = 0;
}

PUBLIC void cinstr_reset(void) {
    struct lane *lane;

    if (!is_up() || process_is_forked())
        return;
    lane = cinstr1_self->ready ? lane_for_hook((uintptr_t)__builtin_dwarf_cfa()) : NULL;
    if (lane != NULL) { /* waits so far are forgotten, too */
        cpu_time_now(lane);
        lane_rest(lane);
    }
    __atomic_store_n(&segment.header->reset_ticks, clock_ticks(), __ATOMIC_RELAXED);
    __atomic_store_n(&segment.header->stray_ticks, 0, __ATOMIC_RELAXED);
    process_reset_epoch++;
    __atomic_add_fetch(&segment.header->reset_epoch, 1, __ATOMIC_SEQ_CST);
    wake_lanes();
    places_close_all();
    if (cinstr1_self->ready && !lane_in_hook(cinstr1_self))
        cinstr1_self->span = 0;
}

enum kind_state { KIND_UNKNOWN, KIND_OFF, KIND_ON };

static enum kind_state find_kind(const char *name) {
    const struct {
        const char *name;
        bool is_on;
    } kinds[] = {
        {"exact", true},
        {"edges", true},
        {"cpu", options.sample != 0 && options.sample_clock == SAMPLE_CLOCK_CPU},
        {"wall", options.sample != 0 && options.sample_clock == SAMPLE_CLOCK_WALL},
        {"heap", options.heap != 0},
        {"allocs", options.heap != 0},
        {"block", options.block != BLOCK_OFF},
        {"mutex", options.mutex},
    };

    for (size_t i = 0; name != NULL && i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(name, kinds[i].name) == 0)
            return kinds[i].is_on ? KIND_ON : KIND_OFF;
    }
    return KIND_UNKNOWN;
}

PUBLIC int cinstr_write_profile(const char *kind, int fd) {
    const enum kind_state state = find_kind(kind);

    if (state == KIND_UNKNOWN) {
        errno = EINVAL;
        return -1;
    }
    if (!is_up() || process_is_forked() || state == KIND_OFF || !writing_is_allowed()) {
        errno = ENOTSUP;
        return -1;
    }
    modules_refresh();
    if (!exit_profile_write_to(kind, fd)) {
        errno = EIO;
        return -1;
    }
    return 0;
}

PUBLIC int cinstr_write_heap_profile(int fd) {
    return cinstr_write_profile("heap", fd);
}

PUBLIC int cinstr_write_profile_to(const char *kind, const char *path) {
    struct whole_file file;

    if (path == NULL) {
        errno = EINVAL;
        return -1;
    }
    if (whole_file_open(&file, path, -1) != 0)
        return -1;
    if (cinstr_write_profile(kind, file.fd) == 0)
        return whole_file_finish(&file, true);
    const int failure = errno;
    whole_file_discard(&file);
    errno = failure;
    return -1;
}

PUBLIC int cinstr_set_label(const char *key, const char *value) {
    const uintptr_t sp = (uintptr_t)__builtin_dwarf_cfa();
    struct segment_node *root;
    struct lane *lane;
    uint32_t label = 0;

    if (key == NULL || strlen(key) > 63 || (value != NULL && strlen(value) > 191)) {
        errno = EINVAL;
        return -1;
    }
    lane = lane_for_hook(sp);
    if (lane == NULL) {
        errno = ENOTSUP;
        return -1;
    }
    if (value != NULL && (label = label_find(key, value)) == 0) {
        lane_rest(lane);
        errno = ENOSPC;
        return -1;
    }
    root = label == 0 ? lane->root : tree_child(lane, lane->root, SEGMENT_FUNCTION_LABEL, label);
    if (root != NULL) {
        shadow_carry(lane, root, cpu_time_now(lane));
        places_renew(lane);
        lane->info->label = label;
    }
    lane_rest(lane);
    return 0;
}

/* The label of a name that is marked in a trace. */
static int mark(uintptr_t sp, const char *name, const int64_t *value) {
    uint32_t label;

    if (name == NULL || strlen(name) > 191) {
        errno = EINVAL;
        return -1;
    }
    if (!is_up() || process_is_forked() || !trace_is_on) {
        errno = ENOTSUP;
        return -1;
    }
    label = label_find("event", name);
    if (label == 0) {
        errno = ENOSPC;
        return -1;
    }
    if (trace_mark(sp, label, value))
        return 0;
    errno = ENOTSUP;
    return -1;
}

PUBLIC int cinstr_trace_event(const char *name) {
    return mark((uintptr_t)__builtin_dwarf_cfa(), name, NULL);
}

PUBLIC int cinstr_trace_value(const char *name, long long value) {
    const int64_t number = value;

    return mark((uintptr_t)__builtin_dwarf_cfa(), name, &number);
}

PUBLIC void cinstr_stack_switch(void *low, void *high) {
    if (is_up() && !process_is_forked())
        stacks_register((uintptr_t)low, (uintptr_t)high);
}

PUBLIC const char *cinstr_version(void) {
    return CINSTR_VERSION;
}
