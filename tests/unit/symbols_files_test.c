/* SPDX-License-Identifier: MIT */
/*
 * Tests of where names come from: which file, which table, which of several names. The results are
 * compared with nm and addr2line.
 */
#include <fcntl.h>
#include <link.h>
#include <sys/stat.h>

#include "symbols_build.h"

static void build_library(const char *name, const char *flags) {
    assert_int_equal(run("gcc -shared -fPIC -O2 -g %s " FIXTURES "/calls.c -o $D/%s", flags, name),
                     0);
}

/* The build id that readelf reads, into the module. */
static void copy_build_id(struct segment_module *module) {
    FILE *output = run_for_output("readelf -n %s | sed -n 's/.*Build ID: //p'", module->path);
    unsigned byte = 0;
    while (module->build_id_size < sizeof(module->build_id) && fscanf(output, "%2x", &byte) == 1)
        module->build_id[module->build_id_size++] = (uint8_t)byte;
    assert_int_equal(pclose(output), 0);
    assert_true(module->build_id_size >= 8);
}

static struct symbol function_at(struct symbols *symbols, uint64_t address) {
    struct symbol symbol;
    if (!symbols_function(symbols, 0, address, &symbol))
        fail_msg("%s is not known: %s", symbol.name, symbols_complaint(symbols, 0));
    return symbol;
}

static void check_unknown(const struct segment_module *module, uint64_t address, const char *name,
                          const char *complaint) {
    struct symbols *symbols = open_symbols(module);
    struct symbol symbol;
    assert_false(symbols_function(symbols, 0, address, &symbol));
    assert_string_equal(symbol.name, name);
    assert_string_equal(symbol.system_name, name);
    assert_string_equal(symbol.file, "");
    assert_int_equal(symbol.line, 0);
    assert_int_equal(symbols_line(symbols, 0, address, address + 1), 0);
    assert_non_null(symbols_complaint(symbols, 0));
    if (strstr(symbols_complaint(symbols, 0), complaint) == NULL)
        fail_msg("%s", symbols_complaint(symbols, 0));
    symbols_free(symbols);
}

/* --- names ------------------------------------------------------------------------------------ */

static void functions_begin_where_addr2line_says(void **state) {
    (void)state;
    static const char *const flags[] = {"-O0", "-O0 -gdwarf-4", "-O0 -g1",
                                        "-O0 -ffile-prefix-map=$PWD=/moved"};
    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
        build_library("lib.so", flags[i]);
        struct segment_module module = module_of(in_directory("lib.so"));
        struct symbols *symbols = open_symbols(&module);
        FILE *output = run_for_output("nm $D/lib.so | sed -n 's/ [tT] / /p' | "
                                      "grep -E ' (leaf|rare|split|cloned|quietly|run)$' | "
                                      "while read a n; do echo $a $n $(addr2line -e $D/lib.so $a | "
                                      "tr : ' '); done");
        unsigned long address = 0;
        char name[64], file[256];
        int line = 0, count = 0;
        for (; fscanf(output, "%lx %63s %255s %d", &address, name, file, &line) == 4; count++) {
            struct symbol symbol = function_at(symbols, address);
            assert_string_equal(symbol.name, name);
            assert_string_equal(symbol.file, file);
            assert_int_equal(symbol.line, line);
        }
        assert_int_equal(count, 6);
        pclose(output);
        symbols_free(symbols);
    }
}

static void cplusplus_names_are_demangled_as_nm_does(void **state) {
    (void)state;
    assert_int_equal(
        run("g++ -O0 -g -shared -fPIC " FIXTURES "/things.cpp " FIXTURES "/more.cpp -o $D/lib.so"),
        0);
    struct segment_module module = module_of(in_directory("lib.so"));
    struct symbols *symbols = open_symbols(&module);
    FILE *output = run_for_output("nm -C --defined-only $D/lib.so | sed -n 's/ [tTW] / /p'");
    unsigned long address = 0;
    char name[512];
    int equal = 0;
    while (fscanf(output, "%lx %511[^\n]", &address, name) == 2) {
        name[strcspn(name, "[")] = '\0'; /* "[clone .cold]" */
        name[strlen(name) - (name[strlen(name) - 1] == ' ')] = '\0';
        struct symbol symbol = function_at(symbols, address);
        equal += strstr(name, "::") != NULL && strcmp(symbol.name, name) == 0;
        assert_true(strcmp(symbol.name, name) == 0 || strchr(name, ':') == NULL);
    }
    assert_true(equal >= 8);
    pclose(output);
    symbols_free(symbols);
}

static void the_best_of_several_names_is_shown(void **state) {
    (void)state;
    static const char *const linkers[] = {"gcc", "aarch64-linux-gnu-gcc"};
    static const char *const expected[][2] = {
        {"seen", "shown"},        {"_internal_puts_like", "puts_like"},
        {"sizeless", "sizeless"}, {"label_inside", "sizeless"},
        {"chosen", "chooses"},    {"small", "small"},
        {"wide", "wide"},         {"within", "within"},
    };
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            run("%s -shared -nostdlib " FIXTURES "/aliases.s -o $D/lib.so", linkers[i]), 0);
        struct segment_module module = module_of(in_directory("lib.so"));
        struct symbols *symbols = open_symbols(&module);
        for (size_t j = 0; j < sizeof(expected) / sizeof(expected[0]); j++) {
            uint64_t address = address_of(module.path, expected[j][0]);
            assert_string_equal(function_at(symbols, address).name, expected[j][1]);
            assert_string_equal(function_at(symbols, address + 3).name, expected[j][1]);
        }
        struct symbol symbol;
        assert_string_equal(function_at(symbols, address_of(module.path, "wide") + 13).name,
                            "wide");
        assert_false(symbols_function(symbols, 0, address_of(module.path, "small") + 4, &symbol));
        assert_false(symbols_function(symbols, 0, address_of(module.path, "not_code"), &symbol));
        symbols_free(symbols);
    }
}

static void names_take_no_clone_suffix(void **state) {
    (void)state;
    build_library("lib.so", "");
    struct segment_module module = module_of(in_directory("lib.so"));
    struct symbols *symbols = open_symbols(&module);
    struct symbol symbol = function_at(symbols, address_of(module.path, "split.cold"));
    assert_string_equal(symbol.name, "split");
    assert_string_equal(symbol.system_name, "split.cold");
    assert_string_equal(symbol.file, function_at(symbols, address_of(module.path, "split")).file);
    symbols_free(symbols);
}

static void functions_folded_into_one_have_one_name_and_its_line(void **state) {
    (void)state;
    assert_int_equal(
        run("printf 'int second(int x) { return x * 7; }\\n"
            "int first(int x) { return x * 7; }\\n"
            "int main(void) { return 0; }' >$D/folded.c && gcc -g -O1 -no-pie "
            "-ffunction-sections -fuse-ld=gold -Wl,--icf=all $D/folded.c -o $D/folded"),
        0);
    struct segment_module module = module_of(in_directory("folded"));
    uint64_t address = address_of(module.path, "second");
    assert_int_equal(address_of(module.path, "first"), address);
    struct symbols *symbols = open_symbols(&module);
    struct symbol symbol = function_at(symbols, address);
    assert_string_equal(symbol.name, "first");
    assert_int_equal(symbol.line, 2);
    symbols_free(symbols);
}

/* --- files ------------------------------------------------------------------------------------ */

static void a_stripped_file_names_what_it_exports(void **state) {
    (void)state;
    build_library("lib.so", "");
    struct segment_module module = module_of(in_directory("lib.so"));
    uint64_t leaf = address_of(module.path, "leaf"), split = address_of(module.path, "split");
    char name[64];
    assert_int_equal(run("strip $D/lib.so"), 0);
    struct symbols *symbols = open_symbols(&module);
    assert_string_equal(function_at(symbols, leaf).name, "leaf");
    symbols_free(symbols);
    snprintf(name, sizeof(name), "lib.so+0x%lx", (unsigned long)split);
    check_unknown(&module, split, name, "lib.so: stripped");
}

static void a_program_without_debug_information_has_names_alone(void **state) {
    (void)state;
    build_library("lib.so", "-g0");
    struct segment_module module = module_of(in_directory("lib.so"));
    uint64_t split = address_of(module.path, "split");
    struct symbols *symbols = open_symbols(&module);
    assert_null(symbols_complaint(symbols, 0));
    struct symbol symbol = function_at(symbols, split);
    assert_string_equal(symbol.name, "split");
    assert_string_equal(symbol.file, "");
    assert_int_equal(symbol.line, 0);
    assert_int_equal(symbols_line(symbols, 0, split, split + 1), 0);
    assert_string_equal(symbols_complaint(symbols, 0),
                        "lib.so: no debug information: no lines; build with -g");
    symbols_free(symbols);
}

static void a_missing_dwo_file_leaves_the_table_of_lines_and_is_said(void **state) {
    (void)state;
    build_library("lib.so", "-gsplit-dwarf -dumpdir $D/");
    assert_int_equal(run("rm $D/*.dwo"), 0);
    struct segment_module module = module_of(in_directory("lib.so"));
    uint64_t split = address_of(module.path, "split");
    struct symbols *symbols = open_symbols(&module);
    struct symbol symbol = function_at(symbols, split);
    assert_string_equal(symbol.name, "split");
    assert_true(symbol.line > 0);
    assert_non_null(strstr(symbols_complaint(symbols, 0), "a .dwo file is missing"));
    symbols_free(symbols);
}

/* A library whose debug information is in PLACE, a shell word. */
static void separate(const char *place, const char *flags) {
    build_library("lib.so", flags);
    assert_int_equal(run("cd $D && mkdir -p .debug && objcopy --only-keep-debug lib.so %s && "
                         "nm lib.so >lib.nm && strip lib.so && "
                         "objcopy --add-gnu-debuglink=%s lib.so",
                         place, place),
                     0);
}

static uint64_t split_address(void) {
    FILE *output = run_for_output("awk '$3 == \"split\" {print $1}' $D/lib.nm");
    unsigned long address = 0;
    assert_int_equal(fscanf(output, "%lx", &address), 1);
    pclose(output);
    return address;
}

static void a_separate_debug_file_is_found_by_its_link(void **state) {
    (void)state;
    static const char *const places[] = {"lib.so.debug", ".debug/lib.so.debug"};
    static const char *const flags[] = {"-Wl,--build-id", "-Wl,--build-id=none"};
    for (size_t i = 0; i < 4; i++) {
        separate(places[i / 2], flags[i % 2]);
        struct segment_module module = module_of(in_directory("lib.so"));
        struct symbols *symbols = open_symbols(&module);
        struct symbol symbol = function_at(symbols, split_address());
        assert_string_equal(symbol.name, "split");
        assert_non_null(strstr(symbol.file, FIXTURES "/calls.c"));
        assert_true(symbol.line > 0);
        assert_null(symbols_complaint(symbols, 0));
        symbols_free(symbols);
        assert_int_equal(run("rm $D/%s", places[i / 2]), 0);
    }
}

static void a_debug_file_of_another_build_is_refused(void **state) {
    (void)state;
    static const char *const flags[] = {"-Wl,--build-id", "-Wl,--build-id=none"};
    for (size_t i = 0; i < 2; i++) {
        char other[64], name[64];
        separate("lib.so.debug", flags[i]);
        assert_int_equal(run("mv $D/lib.so $D/kept.so"), 0);
        snprintf(other, sizeof(other), "-DOTHER -O1 %s", flags[i]);
        separate("lib.so.debug", other);
        assert_int_equal(run("mv $D/kept.so $D/lib.so"), 0);
        struct segment_module module = module_of(in_directory("lib.so"));
        snprintf(name, sizeof(name), "lib.so+0x%lx", (unsigned long)split_address());
        check_unknown(&module, split_address(), name, "stripped");
        assert_int_equal(run("rm $D/lib.so.debug"), 0);
    }
}

static int find_libc(struct dl_phdr_info *info, size_t size, void *context) {
    struct segment_module *module = context;
    (void)size;
    if (strstr(info->dlpi_name, "/libc.so.6") == NULL)
        return 0;
    *module = module_of(info->dlpi_name);
    module->bias = info->dlpi_addr;
    return 1;
}

static void a_debug_file_is_found_by_build_id(void **state) {
    (void)state;
    struct segment_module module = {.path = ""};
    assert_int_equal(dl_iterate_phdr(find_libc, &module), 1);
    copy_build_id(&module);
    if (run("id=$(readelf -n %s | sed -n 's/.*Build ID: //p'); "
            "ln -s /usr/lib/debug/.build-id/${id%%${id#??}}/${id#??}.debug $D/libc.debug && "
            "test -e $D/libc.debug",
            module.path) != 0)
        skip(); /* libc6-dbg is not installed */
    uint64_t address = address_of(in_directory("libc.debug"), "_int_malloc");
    for (int i = 0; i < 2; i++) {
        struct symbols *symbols = open_symbols(&module);
        struct symbol symbol = function_at(symbols, module.bias + address);
        assert_string_equal(symbol.name, "_int_malloc");
        assert_non_null(strstr(symbol.file, "malloc/malloc.c"));
        assert_true(symbol.line > 1000);
        assert_true(symbols_line(symbols, 0, module.bias + address, module.bias + address) >=
                    symbol.line);
        assert_null(symbols_complaint(symbols, 0));
        symbols_free(symbols);
        strcpy(module.path, "/gone/libc.so.6"); /* the debug file will do alone */
    }
}

static void a_file_that_has_changed_gives_no_names(void **state) {
    (void)state;
    build_library("lib.so", "-Wl,--build-id");
    struct segment_module module = module_of(in_directory("lib.so"));
    uint64_t address = address_of(module.path, "split");
    char name[64];
    copy_build_id(&module);
    struct symbols *symbols = open_symbols(&module);
    assert_string_equal(function_at(symbols, address).name, "split");
    symbols_free(symbols);
    snprintf(name, sizeof(name), "lib.so+0x%lx", (unsigned long)address);
    module.build_id[3] ^= 1;
    check_unknown(&module, address, name, "has changed since it ran");
}

static void a_deleted_program_is_named_if_it_is_there_again(void **state) {
    (void)state;
    build_library("lib.so", "-Wl,--build-id");
    struct segment_module module = module_of(in_directory("lib.so"));
    uint64_t address = address_of(module.path, "split");
    copy_build_id(&module);
    strcat(module.path, " (deleted)");
    struct symbols *symbols = open_symbols(&module);
    assert_string_equal(function_at(symbols, address).name, "split");
    symbols_free(symbols);
    module.build_id_size = 0; /* nobody knows whether it is the same */
    char name[64];
    snprintf(name, sizeof(name), "lib.so (deleted)+0x%lx", (unsigned long)address);
    check_unknown(&module, address, name, "No such file");
}

static void what_is_no_program_is_said_so(void **state) {
    (void)state;
    static const struct {
        const char *path, *name, *complaint;
    } cases[] = {
        {"", "[unknown]+0x1234", "[unknown]: its path is not known"},
        {"/gone/x", "x+0x1234", "x: cannot open /gone/x, so there are no names: No such file"},
        {"[vdso]", "[vdso]+0x1234", "cannot open [vdso]"},
        {"/tmp", "tmp+0x1234", "/tmp is not an ELF file"},
        {"/dev/zero", "zero+0x1234", "/dev/zero is not an ELF file"},
        {"Makefile", "Makefile+0x1234", "Makefile is not an ELF file"},
        {"pipe", "pipe+0x1234", "is not an ELF file"},
        {"object.o", "object.o+0x1234", "is stripped: showing addresses"},
        {"archive.a", "archive.a+0x1234", "is not an ELF file"},
    };
    assert_int_equal(run("mkfifo $D/pipe && gcc -c " FIXTURES "/hooks.c -o $D/object.o && "
                         "ar rc $D/archive.a $D/object.o"),
                     0);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct segment_module module =
            module_of(i >= 6 ? in_directory(cases[i].path) : cases[i].path);
        module.bias = 0x7f0000000000;
        check_unknown(&module, module.bias + 0x1234, cases[i].name, cases[i].complaint);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_begin_where_addr2line_says),
        cmocka_unit_test(cplusplus_names_are_demangled_as_nm_does),
        cmocka_unit_test(the_best_of_several_names_is_shown),
        cmocka_unit_test(names_take_no_clone_suffix),
        cmocka_unit_test(functions_folded_into_one_have_one_name_and_its_line),
        cmocka_unit_test(a_stripped_file_names_what_it_exports),
        cmocka_unit_test(a_program_without_debug_information_has_names_alone),
        cmocka_unit_test(a_missing_dwo_file_leaves_the_table_of_lines_and_is_said),
        cmocka_unit_test(a_separate_debug_file_is_found_by_its_link),
        cmocka_unit_test(a_debug_file_of_another_build_is_refused),
        cmocka_unit_test(a_debug_file_is_found_by_build_id),
        cmocka_unit_test(a_file_that_has_changed_gives_no_names),
        cmocka_unit_test(a_deleted_program_is_named_if_it_is_there_again),
        cmocka_unit_test(what_is_no_program_is_said_so),
    };
    return cmocka_run_group_tests_name("symbols_files", tests, make_directory, remove_directory);
}
