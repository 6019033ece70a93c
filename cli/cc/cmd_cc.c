/* SPDX-License-Identifier: MIT */
/*
 * `cinstr cc`: runs a compiler so that it builds instrumented, for projects whose build files
 * should not change. It adds some options and becomes the compiler. It prints nothing itself,
 * because configure scripts read what compilers print.
 */
#include <errno.h>
#include <getopt.h>
#include <linux/limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cc_compiler.h"
#include "cc_exclude.h"
#include "cc_jumps.h"
#include "cc_line.h"
#include "cc_output.h"
#include "cc_plugin.h"
#include "cli/base/command.h"
#include "cli/print/text.h"
#include "cli/run/run_child.h"
#include "cli/source/library.h"

enum { STATUS_CANNOT_RUN = 126, STATUS_NOT_FOUND = 127, ADDED_MAX = 36 };

struct request {
    bool before_inlining, after_inlining;
    bool system_headers, no_plugin, instructions, inlined;
    const char *external; /* which external functions; NULL none */
};

/* --- the compiler ----------------------------------------------------------------------------- */

/* The option on the command line that only clang's plugin can carry out; NULL none. */
static const char *takes_llvm(const struct request *request) {
    return request->instructions       ? "--instructions"
           : request->inlined          ? "--inlined"
           : request->external != NULL ? "--external"
                                       : NULL;
}

struct compiler {
    const char *name;
    bool is_clang;
    const char *library; /* the directory of libcinstr.so; NULL if it was not found */
    struct cc_plugin plugin;
};

/* gcc's own hooks are slow, and clang's run no exit where an exception passes. Configure scripts
 * read what compilers print; so the warning goes to terminals only, and once a program. */
static void find_plugin(struct compiler *compiler, const struct request *request, bool is_told) {
    const bool wants_hooks =
        request->no_plugin || (request->before_inlining && !compiler->is_clang);
    if (compiler->library == NULL || wants_hooks)
        return;
    compiler->plugin = cc_plugin_find(compiler->name, compiler->is_clang, compiler->library);
    if (compiler->plugin.path[0] == '\0' && is_told && isatty(STDERR_FILENO))
        note("cc: no plugin for %s (%s%s) in %s: using %s own hooks", compiler->name,
             compiler->is_clang ? "LLVM " : "", compiler->plugin.version, compiler->library,
             compiler->is_clang ? "clang's" : "its");
}

static bool has_plugin(const struct compiler *compiler) {
    return compiler->plugin.path[0] != '\0';
}

/* gcc's own hooks would be in all that is inlined from them. */
static bool excludes_headers(const struct compiler *compiler, const struct request *request) {
    return !compiler->is_clang && !has_plugin(compiler) && !request->system_headers;
}

/* --- the new command line --------------------------------------------------------------------- */

struct words {
    char **argv;
    size_t count;
};

static void add(struct words *words, const char *word) {
    words->argv[words->count++] = (char *)word;
}

/* clang's own -mllvm would not do: with LTO it is passed to the linker as well. */
static void add_plugin_option(struct words *words, const char *option) {
    add(words, "-Xclang");
    add(words, "-mllvm");
    add(words, "-Xclang");
    add(words, option);
}

/* clang loads it twice: for its options (-fplugin) and for its passes (-fpass-plugin). */
static void add_llvm_plugin(struct words *words, const struct compiler *compiler,
                            const struct request *request) {
    static char option[PATH_MAX + 32];
    snprintf(option, sizeof(option), "-fpass-plugin=%s", compiler->plugin.path);
    add(words, option);
    add_plugin_option(words, "-cinstr-only-marked");
    if (request->instructions)
        add_plugin_option(words, "-cinstr-instructions");
    if (request->external != NULL) {
        add_plugin_option(words, "-cinstr-external");
        add_plugin_option(words, request->external);
    }
    if (request->inlined)
        add_plugin_option(words, "-cinstr-inlined");
}

/* gcc needs it when it links, too: link-time optimisation compiles there. */
static void add_plugin(struct words *words, const struct compiler *compiler) {
    static char option[PATH_MAX + 32];
    snprintf(option, sizeof(option), "-fplugin=%s", compiler->plugin.path);
    add(words, option);
}

/* These come before the project's own options, so that the project's win. */
static void add_hooks(struct words *words, const struct request *request,
                      const struct cc_line *line, const struct compiler *compiler) {
    add(words, "-g");
    if (compiler->is_clang && !request->before_inlining)
        add(words, "-finstrument-functions-after-inlining");
    else
        add(words, "-finstrument-functions");
    if (compiler->is_clang && has_plugin(compiler))
        add_llvm_plugin(words, compiler, request);
    if (excludes_headers(compiler, request))
        add(words, cc_exclude_option());
    if (line->is_c) {
        add(words, CC_SETJMP);
        add(words, CC_LONGJMP);
    }
}

/* These come after everything that may need them. A static program needs no run path (a
 * static-pie with one is stopped by glibc 2.36), but the linker's --wrap for the functions that
 * the recorder interposes. */
static void add_library(struct words *words, const char *directory, bool is_static) {
    static char options[PATH_MAX + 32];
    add(words, "-L");
    add(words, directory);
    if (!is_static) {
        add(words, "-Xlinker");
        add(words, "-rpath");
        add(words, "-Xlinker");
        add(words, directory);
    } else {
        snprintf(options, sizeof(options), "-Wl,@%s/libcinstr.static", directory);
        add(words, options);
    }
    add(words, "-lcinstr");
}

static const char *find_output(char **argv) {
    const char *output = "a.out";
    for (; *argv != NULL; argv++) {
        if (strcmp(*argv, "-o") == 0 && argv[1] != NULL)
            output = argv[1];
        else if (strncmp(*argv, "-o", 2) == 0 && (*argv)[2] != '\0')
            output = *argv + 2;
    }
    return output;
}

/* Runs a compiler that links and stores its wait status; returns 0, or the errno of what
 * prevented it. A compiler that only compiles replaces this process. */
static int run_compiler(char **argv, bool links, bool excludes, int *status) {
    int wait_status;
    pid_t pid;
    if (!links) {
        execvp(argv[0], argv);
        return errno;
    }
    const int failure = run_child(argv, NULL, &pid, &wait_status);
    if (failure != 0)
        return failure;
    *status = run_child_status(wait_status);
    if (*status == 0)
        cc_output_check(find_output(argv), excludes);
    return 0;
}

/* Runs the compiler with the words that are added. */
static int build(int argc, char **argv, const struct request *request, const struct cc_line *line,
                 const struct compiler *compiler, int *status) {
    struct words words = {.argv = calloc((size_t)argc + ADDED_MAX, sizeof(*words.argv))};
    int i = 0;
    if (words.argv == NULL)
        return ENOMEM;
    do {
        add(&words, argv[i]);
    } while (argv[i++] != compiler->name);
    if (has_plugin(compiler))
        add_plugin(&words, compiler);
    if (cc_line_is_instrumented(line))
        add_hooks(&words, request, line, compiler);
    while (i < argc)
        add(&words, argv[i++]);
    if (cc_line_needs_library(line))
        add_library(&words, compiler->library, line->is_static);
    const bool excludes = excludes_headers(compiler, request) && !line->is_static;
    const int failure = run_compiler(words.argv, cc_line_needs_library(line), excludes, status);
    free(words.argv);
    return failure;
}

static bool begins(const char *text, const char *with) {
    return strncmp(text, with, strlen(with)) == 0;
}

/* Names of files that configure scripts (nginx's too), CMake and Meson compile to learn about
 * the system. */
static bool is_probe(const char *path) {
    static const char *const names[] = {"conftest",  "conftest.",        "autotest",
                                        "autotest.", "sanitycheckc.exe", "sanitycheckcpp.exe"};
    const char *name = text_base_name(path);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const bool is_beginning = names[i][strlen(names[i]) - 1] == '.';
        if (is_beginning ? begins(name, names[i]) : strcmp(name, names[i]) == 0)
            return true;
    }
    return strstr(path, "cmTC_") != NULL;
}

/* Whether to run the compiler unchanged: a configure script that tests the system wants neither
 * hooks in its test programs nor profiles in its folder. */
static bool is_plain(char *const *argv) {
    const char *asked = getenv("CINSTR_CC");
    if (asked != NULL && strcmp(asked, "plain") == 0)
        return true;
    for (; *argv != NULL; argv++) {
        if (is_probe(*argv))
            return true;
    }
    return false;
}

/* Of what only a plugin can do. */
static bool can_build(const struct compiler *compiler, const struct request *request,
                      struct error *error) {
    const char *option = takes_llvm(request);
    if (option != NULL && !(compiler->is_clang && has_plugin(compiler)))
        error_set(error, "cc: %s needs clang with the plugin for its version", option);
    else if (request->after_inlining && !compiler->is_clang && !has_plugin(compiler))
        error_set(error, "cc: --after-inlining needs the plugin for %s's version", compiler->name);
    else
        return true;
    return false;
}

static int compile(const struct command *command, const struct request *request, int argc,
                   char **argv) {
    char *const *name = cc_compiler_find(argv);
    struct compiler compiler = {.name = *name, .is_clang = cc_compiler_is_clang(*name)};
    struct cc_line line = cc_line_read(text_base_name(*name), name + 1);
    struct error error;
    char library[PATH_MAX];
    if (is_plain(name + 1))
        line.stage = CC_LOOKS_ONLY;
    if (line.has_split_stacks && cc_line_is_instrumented(&line))
        return usage_error(command,
                           "-fsplit-stack is not supported: the recorder needs each stack in one "
                           "piece");
    if (library_find("libcinstr.so", library))
        compiler.library = library;
    else if (cc_line_needs_library(&line))
        return fail(&(struct error){"cc: libcinstr.so is neither beside this command nor in the "
                                    "lib directory beside its own"});
    if (cc_line_is_instrumented(&line) || (cc_line_needs_library(&line) && !compiler.is_clang))
        find_plugin(&compiler, request, line.stage == CC_LINKS);
    if (cc_line_is_instrumented(&line) && !can_build(&compiler, request, &error))
        return fail(&error);
    int status = 0;
    const int failure = build(argc, argv, request, &line, &compiler, &status);
    if (failure == 0)
        return status;
    note("cannot run %s: %s", argv[0], strerror(failure));
    return failure == ENOENT ? STATUS_NOT_FOUND : STATUS_CANNOT_RUN;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Runs a compiler so that what it builds is instrumented: with -g and\n"
    "-finstrument-functions when it compiles, with -lcinstr when it links. For\n"
    "building a project as it is:\n"
    "  make CC=\"cinstr cc gcc\" CXX=\"cinstr cc g++\"\n"
    "\n"
    "gcc and clang build with cinstr's own plugin where there is one for their\n"
    "version (cinstr_gcc_plugin_VERSION.so, cinstr-plugin-VERSION.so beside\n"
    "libcinstr.so): it instruments after inlining and runs exit hooks when\n"
    "exceptions pass. Without one, the compiler's own hooks are used, gcc's before\n"
    "inlining, and a line on the terminal says so when it links.\n"
    "\n"
    "Options, before COMPILER:\n"
    "      --before-inlining   hooks in functions that are inlined, too\n"
    "                        (-finstrument-functions): gcc's own; clang's for C++\n"
    "                        take the plugin, since libstdc++ does not link with\n"
    "                        clang's own\n"
    "      --after-inlining  hooks only in functions that are really called; the\n"
    "                        default; gcc without the plugin cannot\n"
    "      --external=LIST   clang with the plugin: time the calls of functions that\n"
    "                        are not compiled this way, too: those of libc, or GLOBs\n"
    "                        of names; --external=libc,'SSL_*'\n"
    "      --inlined         clang with the plugin: inlined calls are counted, too,\n"
    "                        each with what it was inlined through\n"
    "      --instructions    clang with the plugin: count LLVM's instructions, as\n"
    "                        executed in each context; the same in every run\n"
    "      --no-plugin       the compiler's own hooks\n"
    "      --system-headers  gcc's own hooks: in inline functions and templates of\n"
    "                        /usr/include and /usr/lib/gcc, too; others always are\n"
    "  -h, --help            show this help\n"
    "\n"
    "COMPILER is gcc, g++, clang, clang++ or the like, with ccache or distcc in\n"
    "front if you like. Its own options win: -g0, gcc's -fno-instrument-functions.\n"
    "The compiler runs unchanged for preprocessing, assembler sources, -r,\n"
    "-nostdlib, -ffreestanding, -m32, and whatever only prints, like --version; for\n"
    "the files that configure scripts and CMake build to test the system (conftest,\n"
    "autotest, cmTC_*); and with CINSTR_CC=plain in the environment. -fsplit-stack\n"
    "is refused. Programs that the build itself runs are instrumented as well, and\n"
    "write profiles; CINSTR_OPTIONS=output=none in the environment prevents that,\n"
    "CINSTR_OPTIONS=output=/tmp/profiles/ puts them all there.\n"
    "Exit status: the compiler's; 126 it cannot be run, 127 it does not exist, 2\n"
    "wrong usage, 1 no libcinstr beside this command or in ../lib.\n"
    "\n"
    "Examples:\n"
    "  make CC=\"cinstr cc gcc\"\n"
    "  ./configure CC=\"cinstr cc clang\" CXX=\"cinstr cc clang++\" && make\n"
    "  cinstr cc -- gcc -O2 main.c -o main\n";

enum {
    OPTION_BEFORE = 256,
    OPTION_AFTER,
    OPTION_EXTERNAL,
    OPTION_INLINED,
    OPTION_INSTRUCTIONS,
    OPTION_NO_PLUGIN,
    OPTION_SYSTEM
};

static const struct option names[] = {
    {"before-inlining", no_argument, NULL, OPTION_BEFORE},
    {"after-inlining", no_argument, NULL, OPTION_AFTER},
    {"external", required_argument, NULL, OPTION_EXTERNAL},
    {"inlined", no_argument, NULL, OPTION_INLINED},
    {"instructions", no_argument, NULL, OPTION_INSTRUCTIONS},
    {"no-plugin", no_argument, NULL, OPTION_NO_PLUGIN},
    {"system-headers", no_argument, NULL, OPTION_SYSTEM},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set(const struct command *command, void *context, int option) {
    struct request *request = context;
    (void)command;
    if (option == OPTION_BEFORE)
        request->before_inlining = true;
    else if (option == OPTION_AFTER)
        request->after_inlining = true;
    else if (option == OPTION_EXTERNAL)
        request->external = optarg;
    else if (option == OPTION_INLINED)
        request->inlined = true;
    else if (option == OPTION_INSTRUCTIONS)
        request->instructions = true;
    else if (option == OPTION_NO_PLUGIN)
        request->no_plugin = true;
    else
        request->system_headers = true;
    return STATUS_FINE;
}

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {0};
    const int status =
        read_options(command, argc, argv, &(struct command_options){"+:h", names, set}, &request);
    if (status != STATUS_GO_ON)
        return status;
    if (request.before_inlining && request.after_inlining)
        return usage_error(command, "hooks before or after inlining, not both");
    if (request.before_inlining && request.inlined)
        return usage_error(command, "hooks before inlining count inlined calls themselves");
    if (argc == optind)
        return usage_error(command, "no compiler");
    return compile(command, &request, argc - optind, argv + optind);
}

const struct command command_cc = {
    .name = "cc",
    .arguments = "[OPTION]... [--] COMPILER [ARGUMENT]...",
    .summary = "run a compiler so that it builds instrumented",
    .help = help,
    .run = run,
};
