/* SPDX-License-Identifier: MIT */
/*
 * A compiler's command line, as far as it matters to building instrumented: what gcc and clang will
 * do with it, and what is to be added. Called by the cc command. Never runs anything and never
 * reads a file.
 */
#ifndef CINSTR_CLI_CC_LINE_H
#define CINSTR_CLI_CC_LINE_H

#include <stdbool.h>

enum cc_stage {
    CC_LINKS,     /* to the end */
    CC_COMPILES,  /* -c, -S, or a header to precompile */
    CC_LOOKS_ONLY /* -E, -M, -fsyntax-only, or nothing to work on: --version, -print-... */
};

struct cc_line {
    enum cc_stage stage;
    bool has_source;      /* something that is compiled: no object, no assembler source */
    bool is_c;            /* some of it is C or C++ */
    bool is_cplusplus;    /* some of it is C++; the driver's name counts as well */
    bool is_freestanding; /* for no operating system: kernels, boot loaders */
    bool is_relocatable;  /* links objects into an object (-r) */
    bool is_static;
    bool lacks_libc; /* -nostdlib and the like, without -lc */
    bool is_foreign; /* code of another width than ours: -m32 */
    bool has_split_stacks;
};

/* `arguments` are those after the compiler's name, up to a NULL; `compiler` its base name. */
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
