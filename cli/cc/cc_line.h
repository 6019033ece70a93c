/* SPDX-License-Identifier: MIT */
/*
 * A compiler's command line: what gcc and clang will do with it, and so what has to be added to
 * build instrumented. Called by the cc command. Runs nothing and reads no file.
 */
#ifndef CINSTR_CLI_CC_LINE_H
#define CINSTR_CLI_CC_LINE_H

#include <stdbool.h>

enum cc_stage {
    CC_LINKS,     /* up to linking */
    CC_COMPILES,  /* -c, -S, or a header to precompile */
    CC_LOOKS_ONLY /* -E, -M, -fsyntax-only, or nothing to work on: --version, -print-... */
};

struct cc_line {
    enum cc_stage stage;
    bool has_source;      /* there is a source to compile, not only objects and assembler */
    bool is_c;            /* some source is C or C++ */
    bool is_cplusplus;    /* some source is C++, or the driver is a C++ compiler */
    bool is_freestanding; /* -ffreestanding: kernels, boot loaders */
    bool is_relocatable;  /* -r: links objects into an object */
    bool is_static;
    bool lacks_libc; /* -nostdlib and the like, without -lc */
    bool is_foreign; /* -m32: code of another width than ours */
    bool has_split_stacks;
};

/* `arguments` are the words after the compiler's name, up to a NULL; `compiler` is the
 * compiler's base name. */
struct cc_line cc_line_read(const char *compiler, char *const *arguments);

static inline bool cc_line_is_instrumented(const struct cc_line *line) {
    return line->has_source && line->stage != CC_LOOKS_ONLY && !line->is_freestanding &&
           !line->is_foreign;
}

static inline bool cc_line_needs_library(const struct cc_line *line) {
    return line->stage == CC_LINKS && !line->is_relocatable && !line->lacks_libc &&
           !line->is_foreign;
}

#endif
