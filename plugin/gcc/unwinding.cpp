// SPDX-License-Identifier: MIT
/*
 * Puts a clean-up region around the whole function, as gcc would have lowered a `finally` of the
 * source. The regions that were outermost become inner ones: otherwise an exception that one of
 * them does not catch would bypass the new region.
 */
#include "unwinding.h"

namespace cinstr {

static std::vector<gimple *> findThrowing(function *instrumented) {
    std::vector<gimple *> throwing;
    basic_block block;
    FOR_EACH_BB_FN(block, instrumented) {
        for (gimple_stmt_iterator i = gsi_start_bb(block); !gsi_end_p(i); gsi_next(&i)) {
            if (stmt_can_throw_external(instrumented, gsi_stmt(i)))
                throwing.push_back(gsi_stmt(i));
        }
    }
    return throwing;
}

static eh_region surround(function *instrumented) {
    eh_region all = gen_eh_region_cleanup(nullptr);
    gcc_assert(instrumented->eh->region_tree == all);
    all->inner = all->next_peer;
    all->next_peer = nullptr;
    for (eh_region region = all->inner; region != nullptr; region = region->next_peer)
        region->outer = all;
    return all;
}

static basic_block addBlock(function *instrumented, eh_landing_pad pad) {
    basic_block block = create_empty_bb(EXIT_BLOCK_PTR_FOR_FN(instrumented)->prev_bb);
    block->count = profile_count::zero();
    if (current_loops != nullptr)
        add_bb_to_loop(block, current_loops->tree_root);
    pad->post_landing_pad = gimple_block_label(block);
    EH_LANDING_PAD_NR(pad->post_landing_pad) = pad->index;
    return block;
}

static void lead(gimple *throwing, eh_landing_pad pad) {
    basic_block block = gimple_bb(throwing);
    add_stmt_to_eh_lp(throwing, pad->index);
    if (gsi_stmt(gsi_last_bb(block)) != throwing)
        split_block(block, throwing);
    make_eh_edges(throwing);
}

gimple *landOnUnwinding(function *instrumented) {
    const std::vector<gimple *> throwing = findThrowing(instrumented);
    if (throwing.empty())
        return nullptr;
    eh_region region = surround(instrumented);
    eh_landing_pad pad = gen_eh_landing_pad(region);
    basic_block block = addBlock(instrumented, pad);
    for (gimple *statement : throwing)
        lead(statement, pad);
    gimple_stmt_iterator end = gsi_last_bb(block);
    gresx *resume = gimple_build_resx(region->index);
    gsi_insert_after(&end, resume, GSI_NEW_STMT);
    return resume;
}

} // namespace cinstr
