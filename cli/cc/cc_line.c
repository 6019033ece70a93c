/* SPDX-License-Identifier: MIT */
/*
 * See cc_line.h. Options are those of gcc and clang. An unknown word that begins with '-' is taken
 * for an option without an argument, anything else for a file. A response file (@FILE) counts as a
 * source.
 */
#include "cc_line.h"

#include <string.h>

/* Whether `word` is in a list of words, each between two blanks. */
static bool is_in(const char *list, const char *word) {
    const size_t length = strlen(word);
    for (const char *at = list; length != 0 && (at = strstr(at, word)) != NULL; at++) {
        if (at[-1] == ' ' && at[length] == ' ')
            return true;
    }
    return false;
}

/* Options that take the next word as their argument. */
#define TAKES_NEXT                                                                                 \
    " -o -I -D -U -L -l -A -B -T -e -u -z -x -arch -aux-info -dumpbase -dumpbase-ext -dumpdir "    \
    "-idirafter -imacros -imultilib -include -include-pch -iprefix -iquote -isysroot -isystem "    \
    "-iwithprefix -iwithprefixbefore -mllvm -target -wrapper -MF -MJ -MQ -MT -Xassembler "         \
    "-Xclang -Xlinker -Xpreprocessor --param --sysroot -serialize-diagnostics "

#define LOOKS_ONLY    " -E -M -MM -### -fsyntax-only --preprocess "
#define COMPILES      " -c -S --compile --assemble "
#define RELOCATABLE   " -r -Wl,-r -Wl,--relocatable --relocatable "
#define WITHOUT_LIBC  " -nostdlib -nodefaultlibs -nolibc "
#define OF_OTHER_SIZE " -m32 -m16 -mx32 "

#define C_FILES         " c i m mi h "
#define CPLUSPLUS_FILES " cc cp cxx cpp CPP c++ C ii mm M mii hh H hp hxx hpp HPP h++ tcc "
#define OTHER_FILES     " f for ftn F FOR FTN fpp FPP f90 f95 f03 f08 F90 F95 F03 F08 adb ads d "
#define HEADER_FILES    " h hh H hp hxx hpp HPP h++ tcc "

static void read_option(struct cc_line *line, const char *option) {
    if (is_in(LOOKS_ONLY, option))
        line->stage = CC_LOOKS_ONLY;
    else if (is_in(COMPILES, option) && line->stage == CC_LINKS)
        line->stage = CC_COMPILES;
    line->is_relocatable |= is_in(RELOCATABLE, option);
    line->lacks_libc |= is_in(WITHOUT_LIBC, option);
    line->is_foreign |= is_in(OF_OTHER_SIZE, option);
    line->is_static |= is_in(" -static -static-pie ", option);
    line->is_freestanding |= strcmp(option, "-ffreestanding") == 0;
    if (is_in(" -fsplit-stack -fno-split-stack ", option))
        line->has_split_stacks = option[2] == 's';
}

/* Decides by the language (-x) if there is one, else by the end of the name. */
static void read_file(struct cc_line *line, const char *file, const char *language) {
    const char *dot = strrchr(file, '.'), *end = dot == NULL ? "" : dot + 1;
    bool is_header, is_cplusplus, is_c, is_source;
    if (language != NULL) {
        is_source = strncmp(language, "assembler", 9) != 0;
        is_cplusplus = strstr(language, "++") != NULL;
        is_c = is_cplusplus || language[0] == 'c';
        is_header = strstr(language, "-header") != NULL;
    } else {
        is_cplusplus = is_in(CPLUSPLUS_FILES, end);
        is_c = is_cplusplus || is_in(C_FILES, end);
        is_source = is_c || is_in(OTHER_FILES, end) || file[0] == '@';
        is_header = is_in(HEADER_FILES, end);
    }
    line->has_source |= is_source;
    line->is_c |= is_c;
    line->is_cplusplus |= is_cplusplus;
    if (is_header && line->stage == CC_LINKS)
        line->stage = CC_COMPILES;
}

/* Looks at one option. Returns how many words it has. */
static int read_words(struct cc_line *line, char *const *words, const char **language) {
    const char *argument = words[0] + 2; /* the argument of -x */
    int count = 1;
    read_option(line, words[0]);
    if (is_in(TAKES_NEXT, words[0]) && words[1] != NULL) {
        count = 2;
        argument = words[1];
        line->is_relocatable |= strcmp(words[0], "-Xlinker") == 0 && is_in(RELOCATABLE, words[1]);
    }
    if (words[0][1] == 'x' && argument[0] != '\0')
        *language = strcmp(argument, "none") == 0 ? NULL : argument;
    return count;
}

struct cc_line cc_line_read(const char *compiler, char *const *arguments) {
    struct cc_line line = {.stage = CC_LINKS, .is_cplusplus = strstr(compiler, "++") != NULL};
    const char *language = NULL;
    bool has_file = false, has_libc = false;
    while (*arguments != NULL) {
        const bool is_file = arguments[0][0] != '-' || arguments[0][1] == '\0';
        if (is_file)
            read_file(&line, *arguments, language);
        has_file |= is_file;
        has_libc |= strcmp(*arguments, "-lc") == 0;
        arguments += is_file ? 1 : read_words(&line, arguments, &language);
    }
    line.lacks_libc = line.lacks_libc && !has_libc;
    if (!has_file)
        line.stage = CC_LOOKS_ONLY;
    return line;
}
