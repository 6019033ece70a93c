// SPDX-License-Identifier: MIT
/* The mark is an attribute, so clones and functions read by link-time optimisation have it. */
#include "selection.h"

namespace cinstr {

static const char markName[] = "cinstr instrumented"; /* cannot be written in a source */

bool takeOption() {
    const bool isGiven = flag_instrument_function_entry_exit != 0;
    flag_instrument_function_entry_exit = 0;
    return isGiven;
}

static bool holdsOneOf(const char *text, void *list) {
    if (list == nullptr)
        return false;
    for (const char *word : *static_cast<vec<char *> *>(list)) {
        if (strstr(text, word) != nullptr)
            return true;
    }
    return false;
}

/* Excluded by -finstrument-functions-exclude-file-list or -exclude-function-list. */
static bool isExcluded(tree function) {
    return holdsOneOf(DECL_SOURCE_FILE(function), flag_instrument_functions_exclude_files) ||
           (flag_instrument_functions_exclude_functions != nullptr &&
            holdsOneOf(lang_hooks.decl_printable_name(function, 1),
                       flag_instrument_functions_exclude_functions));
}

static bool has(tree function, const char *attribute) {
    return lookup_attribute(attribute, DECL_ATTRIBUTES(function)) != NULL_TREE;
}

static void add(tree function, const char *attribute) {
    DECL_ATTRIBUTES(function) =
        tree_cons(get_identifier(attribute), NULL_TREE, DECL_ATTRIBUTES(function));
}

/* no_icf: gcc would merge functions with the same code into one, which would have the calls of
 * both. */
void mark(tree function) {
    if (has(function, "no_instrument_function") || has(function, markName) || isExcluded(function))
        return;
    add(function, markName);
    add(function, "no_icf");
}

/* A resolver runs before the program is relocated, so it cannot call the recorder. */
static bool isResolver(tree function) {
    cgraph_node *node = cgraph_node::get(function);
    ipa_ref *reference;
    for (unsigned i = 0; node->iterate_direct_aliases(i, reference); i++) {
        if (reference->referring->ifunc_resolver)
            return true;
    }
    return false;
}

static bool isHook(tree function) {
    return strncmp(IDENTIFIER_POINTER(DECL_ASSEMBLER_NAME(function)), "__cyg_profile_func_", 19) ==
           0;
}

static bool isInterruptHandler(tree function) {
    return lookup_attribute("interrupt", TYPE_ATTRIBUTES(TREE_TYPE(function))) != NULL_TREE;
}

bool isChosen(tree function) {
    return has(function, markName) && !has(function, "naked") && !isInterruptHandler(function) &&
           !isHook(function) && !isResolver(function);
}

} // namespace cinstr
