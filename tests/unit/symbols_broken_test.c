/* SPDX-License-Identifier: MIT */
/*
 * Tests that a broken file costs names and lines, never the process: files cut short, bits flipped
 * anywhere and where it hurts most. A seed, which failures print, determines the bits.
 */
#include <fcntl.h>
#include <signal.h>

#include "symbols_build.h"

#define MAX_FUNCTIONS 64

struct bytes {
    unsigned char *data;
    size_t size;
};

static struct bytes good;
static unsigned long functions[MAX_FUNCTIONS];
static size_t function_count;
static uint64_t state_of_random;

static size_t random_below(size_t limit) {
    state_of_random = state_of_random * 6364136223846793005u + 1442695040888963407u;
    return (size_t)(state_of_random >> 33) % limit;
}

static void read_good(const char *command) {
    char line[1024];
    snprintf(line, sizeof(line), command, in_directory("good"));
    if (run("%s", line) != 0)
        fail_msg("%s", line);
    FILE *file = fopen(in_directory("good"), "r");
    assert_non_null(file);
    free(good.data);
    good.data = malloc(1 << 20);
    good.size = fread(good.data, 1, 1 << 20, file);
    fclose(file);
    FILE *output = run_for_output("nm --defined-only $D/good | sed -n 's/ [tTW] .*//p'");
    function_count = 0;
    while (function_count < MAX_FUNCTIONS && fscanf(output, "%lx", &functions[function_count]) == 1)
        function_count++;
    pclose(output);
    assert_true(good.size < 1 << 20 && function_count > 8);
}

/* Asks for everything; the answers must be strings and lines, right or wrong. */
static bool ask(struct symbols *symbols) {
    bool is_sane = true;
    struct symbol symbol;
    for (size_t i = 0; i < function_count; i++) {
        symbols_function(symbols, 0, functions[i], &symbol);
        is_sane &= strlen(symbol.name) > 0 && strlen(symbol.system_name) > 0;
        is_sane &= symbol.line >= 0 && (symbol.file[0] != '\0' || symbol.line == 0);
        for (uint64_t byte = 0; byte < 120; byte += 5)
            is_sane &= symbols_line(symbols, 0, functions[i], functions[i] + byte) >= 0;
    }
    return is_sane;
}

/* The same for the sections that the LLVM plugin writes. */
static bool ask_plugin(struct symbols *symbols) {
    struct instrumented listed = {0};
    struct error error;
    struct symbol symbol;
    bool is_sane = true;
    if (symbols_instrumented(symbols, 0, &listed, &error) != 0)
        is_sane = strlen(error.message) > 0;
    for (uint32_t i = 0; i < listed.count; i++) {
        symbols_function(symbols, 0, listed.addresses[i], &symbol);
        is_sane &=
            strlen(symbol.name) > 0 && (i == 0 || listed.addresses[i - 1] < listed.addresses[i]);
    }
    free(listed.addresses);
    const double predicted = symbols_prediction(symbols, 0);
    return is_sane && (predicted == 0 || (predicted >= 1 && predicted <= 1e9));
}

/* In a process of its own, so that a crash or an endless loop is told with its seed. */
static void check(const unsigned char *data, size_t size, uint64_t seed) {
    int fd = open(in_directory("broken"), O_WRONLY | O_CREAT | O_TRUNC, 0600), status = 0;
    assert_int_equal(write(fd, data, size), size);
    close(fd);
    struct segment_module module = module_of(in_directory("broken"));
    struct symbols *symbols = open_symbols(&module);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* not cmocka's */
        alarm(20);
        const bool has_table = ask_plugin(symbols);
        const bool is_sane = ask(symbols) && has_table;
        symbols_free(symbols);
        _exit(is_sane ? 0 : 1);
    }
    symbols_free(symbols);
    assert_int_equal(waitpid(child, &status, 0), child);
    if (status != 0)
        fail_msg("seed %lu of a file of %zu bytes: status %#x", (unsigned long)seed, size,
                 (unsigned)status);
}

static void check_flips(uint64_t seed, size_t from, size_t size) {
    unsigned char *broken = malloc(good.size);
    memcpy(broken, good.data, good.size);
    state_of_random = seed;
    for (size_t flips = 1 + random_below(8); flips > 0; flips--)
        broken[from + random_below(size)] ^= (unsigned char)(1u << random_below(8));
    check(broken, good.size, seed);
    free(broken);
}

#define PLUGIN_SECTIONS                                                                            \
    "printf '.text\nlisted: .zero 64\n.section .note.GNU-stack,\"\"\n"                             \
    ".section cinstr_functions,\"a\"\n.rept 64\n.long listed - .\n.endr\n"                         \
    ".section cinstr_prediction,\"a\"\n.double 1.5\n' | "

static const char *const builds[] = {
    PLUGIN_SECTIONS "gcc -shared -fPIC -O2 -g " FIXTURES "/calls.c -x assembler - -o %s",
    "gcc -shared -fPIC -O2 -g " FIXTURES "/calls.c -o %s",
    "gcc -shared -fPIC -O2 -g -gdwarf-4 -gz " FIXTURES "/calls.c -o %s",
    "clang-14 -w -shared -fPIC -O2 -g " FIXTURES "/calls.c -o %s",
    "g++ -shared -fPIC -O2 -g " FIXTURES "/things.cpp " FIXTURES "/more.cpp -o %s",
};

static void the_plugins_sections_are_read(void **state) {
    (void)state;
    struct instrumented listed = {0};
    struct error error;
    read_good(builds[0]);
    struct segment_module module = module_of(in_directory("good"));
    struct symbols *symbols = open_symbols(&module);
    assert_int_equal(symbols_instrumented(symbols, 0, &listed, &error), 0);
    assert_int_equal(listed.count, 1);
    assert_true(symbols_prediction(symbols, 0) == 1.5);
    free(listed.addresses);
    symbols_free(symbols);
}

static void flipped_bits_do_no_harm(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++) {
        read_good(builds[i]);
        for (uint64_t seed = 0; seed < 200; seed++)
            check_flips(seed, 0, good.size);
    }
}

/* Damages what matters most: headers, tables of sections, symbols and debug information. */
static void flipped_bits_in_tables_do_no_harm(void **state) {
    (void)state;
    static const char *const names[] = {".debug_info",      ".debug_abbrev",   ".debug_line",
                                        ".symtab",          ".debug_rnglists", "cinstr_functions",
                                        "cinstr_prediction"};
    read_good(builds[0]);
    for (uint64_t seed = 0; seed < 100; seed++) {
        check_flips(seed, 0, 64);
        check_flips(seed, good.size - 2048, 2048); /* the section headers */
    }
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        FILE *output = run_for_output("readelf -SW $D/good | sed 's/^ *\\[ *[0-9]*\\] *//' | "
                                      "awk '$1 == \"%s\" {print $4, $5}'",
                                      names[i]);
        size_t offset = 0, size = 0;
        assert_int_equal(fscanf(output, "%zx %zx", &offset, &size), 2);
        pclose(output);
        for (uint64_t seed = 0; seed < 100; seed++)
            check_flips(seed, offset, size);
    }
}

static void a_file_cut_short_does_no_harm(void **state) {
    (void)state;
    read_good(builds[0]);
    for (size_t size = 0; size < good.size; size += size < 256 ? 1 : 97)
        check(good.data, size, 0);
}

static int clean_up(void **state) {
    free(good.data);
    return remove_directory(state);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_plugins_sections_are_read),
        cmocka_unit_test(flipped_bits_do_no_harm),
        cmocka_unit_test(flipped_bits_in_tables_do_no_harm),
        cmocka_unit_test(a_file_cut_short_does_no_harm),
    };
    return cmocka_run_group_tests_name("symbols_broken", tests, make_directory, clean_up);
}
