// SPDX-License-Identifier: MIT
/*
 * The gcc plugin: adds calls of the entry and exit hooks to functions, after inlining and all
 * optimisation of GIMPLE. They replace gcc's own hooks for -finstrument-functions, which are added
 * before inlining. gcc loads the plugin by -fplugin=, and so does the compiler that the linker
 * runs for link-time optimisation. There is one binary for each gcc. The plugin must never change
 * what the program does.
 *
 * A call that does not return runs no exit hook at its end. If it ends by unwinding, the landing
 * pad runs the hook; if it ends by a jump, the recorder notices that itself.
 */
#include "gcc.h"

#include "selection.h"
#include "unwinding.h"

__attribute__((visibility("default"))) int plugin_is_GPL_compatible; /* as MIT is */

namespace {

bool isAsked; /* -finstrument-functions was given for this file */

const pass_data markData = {GIMPLE_PASS, "cinstr_mark", OPTGROUP_NONE, TV_NONE, 0, 0, 0, 0, 0};
const pass_data hooksData = {
    GIMPLE_PASS, "cinstr", OPTGROUP_NONE, TV_NONE, PROP_cfg | PROP_ssa, 0, 0, 0, 0};

class Mark : public gimple_opt_pass {
  public:
    explicit Mark(gcc::context *context) : gimple_opt_pass(markData, context) {
    }
    unsigned execute(function *body) override {
        if (isAsked)
            cinstr::mark(body->decl);
        return 0;
    }
};

class Hooks : public gimple_opt_pass {
  public:
    explicit Hooks(gcc::context *context) : gimple_opt_pass(hooksData, context) {
    }
    unsigned execute(function *body) override;
};

tree declareHook(const char *name) {
    tree type = build_function_type_list(void_type_node, ptr_type_node, ptr_type_node, NULL_TREE);
    tree hook = build_fn_decl(name, type);
    SET_DECL_ASSEMBLER_NAME(hook, get_identifier(name));
    TREE_NOTHROW(hook) = 1;
    /* A hook neither jumps into this file nor calls back into it. */
    DECL_ATTRIBUTES(hook) = tree_cons(get_identifier("leaf"), NULL_TREE, NULL_TREE);
    return hook;
}

tree findHook(const char *name) {
    symtab_node *node = symtab_node::get_for_asmname(get_identifier(name));
    if (node != nullptr && TREE_CODE(node->decl) == FUNCTION_DECL)
        return node->decl;
    tree hook = declareHook(name);
    cgraph_node::get_create(hook);
    return hook;
}

void addCall(gimple_stmt_iterator at, const char *hook, function *body, location_t place) {
    gcall *ask =
        gimple_build_call(builtin_decl_explicit(BUILT_IN_RETURN_ADDRESS), 1, integer_zero_node);
    tree callSite = make_ssa_name(ptr_type_node, ask);
    gimple_call_set_lhs(ask, callSite);
    gcall *call = gimple_build_call(findHook(hook), 2, build_fold_addr_expr(body->decl), callSite);
    gimple_call_set_nothrow(call, true);
    gimple_set_location(ask, place);
    gimple_set_location(call, place);
    gsi_insert_before(&at, ask, GSI_SAME_STMT);
    gsi_insert_before(&at, call, GSI_SAME_STMT);
}

/* Finds the return statements. Forbids tail calls: the exit hook has to be called after them. */
std::vector<gimple *> findReturns(function *body) {
    std::vector<gimple *> returns;
    basic_block block;
    FOR_EACH_BB_FN(block, body) {
        for (gimple_stmt_iterator i = gsi_start_bb(block); !gsi_end_p(i); gsi_next(&i)) {
            if (gcall *call = dyn_cast<gcall *>(gsi_stmt(i)))
                gimple_call_set_tail(call, false);
            else if (is_a<greturn *>(gsi_stmt(i)))
                returns.push_back(gsi_stmt(i));
        }
    }
    return returns;
}

/* The call has no line, and comes after the debug statements that mark where statements begin: so
 * a debugger stops at the same line as in a function without hooks. */
void addEntry(function *body) {
    edge entry = single_succ_edge(ENTRY_BLOCK_PTR_FOR_FN(body));
    gimple_stmt_iterator at =
        gsi_after_labels(single_pred_p(entry->dest) ? entry->dest : split_edge(entry));
    while (!gsi_end_p(at) && is_gimple_debug(gsi_stmt(at)))
        gsi_next(&at);
    addCall(at, "__cyg_profile_func_enter", body, UNKNOWN_LOCATION);
}

unsigned Hooks::execute(function *body) {
    if (!cinstr::isChosen(body->decl))
        return 0;
    static const char exitHook[] = "__cyg_profile_func_exit";
    for (gimple *statement : findReturns(body))
        addCall(gsi_for_stmt(statement), exitHook, body, gimple_location(statement));
    if (gimple *resume = cinstr::landOnUnwinding(body))
        addCall(gsi_for_stmt(resume), exitHook, body, body->function_end_locus);
    addEntry(body);
    mark_virtual_operands_for_renaming(body);
    free_dominance_info(body, CDI_DOMINATORS);
    free_dominance_info(body, CDI_POST_DOMINATORS);
    return TODO_update_ssa_only_virtuals | TODO_cleanup_cfg;
}

void addPass(const char *plugin, opt_pass *pass, const char *beside, pass_positioning_ops where) {
    register_pass_info information = {pass, beside, 1, where};
    register_callback(plugin, PLUGIN_PASS_MANAGER_SETUP, nullptr, &information);
}

} // namespace

__attribute__((visibility("default"))) int plugin_init(plugin_name_args *plugin,
                                                       plugin_gcc_version *version) {
    if (!plugin_default_version_check(version, &gcc_version)) {
        error("%s was built for gcc %s, not for this compiler", plugin->full_name,
              gcc_version.basever);
        return 1;
    }
    isAsked = cinstr::takeOption();
    addPass(plugin->base_name, new Mark(g), "cfg", PASS_POS_INSERT_AFTER);
    addPass(plugin->base_name, new Hooks(g), "resx", PASS_POS_INSERT_BEFORE);
    return 0;
}
