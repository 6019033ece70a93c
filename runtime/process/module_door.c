/* SPDX-License-Identifier: MIT */
/*
 * The constructors and destructors of modules with hooks call this.
 */
#include <cinstr/segment.h>

#include <stddef.h>
#include <stdint.h>

#include "process.h"
#include "runtime/base/lane.h"
#include "runtime/base/lane_pool.h"
#include "runtime/base/state.h"
#include "runtime/entry/hook_loop.h"
#include "runtime/segment/modules.h"
#include "runtime/segment/segment_parts.h"
#include "runtime/tree/adaptive.h"
#include "runtime/tree/context_tree.h"
#include "runtime/tree/places.h"

static void record_early_calls(uint64_t calls) {
    struct lane *ended = lane_at(0);
    struct segment_node *node;
    process_lock();
    segment.header->losses.before_init_calls += calls;
    node = tree_child(ended, ended->root, SEGMENT_FUNCTION_BEFORE, 0);
    if (node != NULL) {
        node->calls += calls;
        ended->root->callee_returns += calls;
    }
    process_unlock();
}

void cinstr_module_register(struct module_hooks *module) {
    process_start();
    if (process_state != PROCESS_UP) /* the hooks stay off */
        return;
    modules_refresh();
    if (modules_add_hooks(module)) {
        hook_loop_start(&segment.header->start_probes);
        adaptive_begin();
        modules_switch(process_recording);
    }
    if (module->early_calls != 0)
        record_early_calls(module->early_calls);
}

/* Also called at exit, where it does no harm. */
void cinstr_module_gone(struct module_hooks *module) {
    if (process_state != PROCESS_UP)
        return;
    modules_drop_hooks(module);
    if (process_is_forked())
        return;
    modules_next_generation();
    places_close_all();
}
