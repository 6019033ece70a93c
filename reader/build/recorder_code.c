/* SPDX-License-Identifier: MIT */
/* See recorder_code.h. */
#include "recorder_code.h"

#include <string.h>

#include "build_modules.h"

static const char hooks_source[] = "runtime/hooks/hooks.c";
static const char hooks_prefix[] = "cinstr1_"; /* libc defines functions by the compilers' names */

static bool begins_with(const char *text, const char *beginning) {
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static bool ends_with(const char *text, const char *end) {
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcmp(text + length - tail, end) == 0;
}

static bool is_library(const struct segment_module *module) {
    return begins_with(build_module_name(module), "libcinstr.so");
}

bool recorder_code_has(const struct segment_module *module, const struct symbol *symbol) {
    return is_library(module) || begins_with(symbol->system_name, "__cyg_profile_func_") ||
           begins_with(symbol->system_name, hooks_prefix) || ends_with(symbol->file, hooks_source);
}

enum recorder_code recorder_code_in(const struct segment_module *module, struct symbols *symbols,
                                    uint32_t index) {
    return is_library(module)                              ? RECORDER_CODE_ONLY
           : symbols_defines(symbols, index, hooks_prefix) ? RECORDER_CODE_PARTLY
                                                           : RECORDER_CODE_NONE;
}
