/* SPDX-License-Identifier: MIT */
/* Tests of runtime/tree, linked with it and what is below it. */
#include "recorder.h"
#include "runtime/base/lane_pool.h"
#include "runtime/tree/lanes.h"
#include "tree_tests.h"

struct lane *tree_lane;

int tree_make(const char *text) {
    if (recorder_make_segment(text) != 0)
        return -1;
    lane_pool_init(segment.header->sections[SEGMENT_SECTION_LANES].capacity);
    lane_new(SEGMENT_LANE_ENDED, 0, 0, NULL);
    tree_lane = lane_new(SEGMENT_LANE_THREAD, UINTPTR_MAX, UINTPTR_MAX, NULL);
    return tree_lane != NULL ? 0 : -1;
}

int main(void) {
    return run_context_tree_tests() + run_draw_tests() + run_lookup_tests() + run_shadow_tests() +
           run_stacks_tests();
}
