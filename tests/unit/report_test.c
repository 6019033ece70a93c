/* SPDX-License-Identifier: MIT */
/* Tests of the command's report_*.c: rows, order and formats, over a profile small enough to be
 * recounted by eye. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cli/report/report.h"
#include "page/report_data.h"
#include "reader/analysis/analysis.h"
#include "reader/profile/profile.h"
#include "reader/profile/thread_frames.h"

/* main calls f 3 times (10 ns each), f calls g twice (5 ns each) and itself once (1 ns); main calls
 * g 4 times (25 ns each); in thread "worker" f is called once (7 ns). */

static uint32_t location(struct profile *profile, const char *name, uint64_t address,
                         uint32_t mapping) {
    const struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){
                         .name = name, .system_name = name, .file = "a,\"b\".c", .start_line = 7})};
    return profile_add_location(profile, &(struct profile_location){.mapping = mapping,
                                                                    .address = address,
                                                                    .line_count = 1,
                                                                    .lines = (void *)&line});
}

static void add(struct profile *profile, const uint32_t *stack, uint32_t depth, int64_t calls,
                int64_t ns, const char *thread, int64_t tid) {
    struct profile_tag tags[] = {{.key = "thread", .text = thread},
                                 {.key = "tid", .number = tid, .unit = "id"}};
    assert_int_not_equal(
        profile_add_sample(profile, &(struct profile_sample){.depth = depth,
                                                             .locations = (uint32_t *)stack,
                                                             .values = (int64_t[]){calls, ns},
                                                             .tag_count = 2,
                                                             .tags = tags}),
        PROFILE_NONE);
}

static struct profile *small_profile(void) {
    struct profile *profile = profile_new();
    assert_non_null(profile);
    profile_add_value_type(profile, "calls", "count");
    profile_add_value_type(profile, "wall", "nanoseconds");
    const uint32_t mapping = profile_add_mapping(
        profile,
        &(struct profile_mapping){
            .start = 0x1000, .limit = 0x9000, .offset = 0x400, .file = "/nonexistent/prog"});
    const uint32_t main_ = location(profile, "main", 0x1100, mapping);
    const uint32_t main_calls_f = location(profile, "main", 0x1110, mapping);
    const uint32_t main_calls_g = location(profile, "main", 0x1120, mapping);
    const uint32_t f = location(profile, "f\x1b[31m", 0x1200, mapping);
    const uint32_t f_calls = location(profile, "f\x1b[31m", 0x1210, mapping);
    const uint32_t g = location(profile, "g", 0x1300, mapping);
    add(profile, (uint32_t[]){main_}, 1, 1, 100, "main", 1);
    add(profile, (uint32_t[]){f, main_calls_f}, 2, 3, 30, "main", 1);
    add(profile, (uint32_t[]){g, f_calls, main_calls_f}, 3, 2, 10, "main", 1);
    add(profile, (uint32_t[]){f, f_calls, main_calls_f}, 3, 1, 1, "main", 1);
    add(profile, (uint32_t[]){g, main_calls_g}, 2, 4, 100, "main", 1);
    add(profile, (uint32_t[]){f}, 1, 1, 7, "worker", 2);
    return profile;
}

struct fixture {
    struct profile *profile;
    struct analysis *analysis;
};

static int set_up(void **state) {
    static struct fixture fixture;
    struct error error;
    fixture.profile = small_profile();
    fixture.analysis = analysis_new(fixture.profile, &(struct analysis_options){0}, &error);
    assert_non_null(fixture.analysis);
    assert_int_equal(analysis_add_edges(fixture.analysis, &error), 0);
    assert_int_equal(analysis_add_tree(fixture.analysis, &error), 0);
    *state = &fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    analysis_free(fixture->analysis);
    profile_free(fixture->profile);
    return 0;
}

typedef int print_function(FILE *out, const struct analysis *analysis,
                           const struct report_options *options, struct error *error);

/* The caller frees it. */
static char *printed(print_function *print, void **state, struct report_options options) {
    const struct fixture *fixture = *state;
    struct error error;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_non_null(out);
    assert_int_equal(print(out, fixture->analysis, &options, &error), 0);
    fclose(out);
    return text;
}

static void assert_printed(print_function *print, void **state, struct report_options options,
                           const char *expected) {
    char *text = printed(print, state, options);
    assert_string_equal(text, expected);
    free(text);
}

/* --- CSV: every number ------------------------------------------------------------------------ */

#define FILE_FIELD "\"a,\"\"b\"\".c\""

static void functions_have_self_and_total_recursion_once(void **state) {
    assert_printed(report_csv.functions, state, (struct report_options){0},
                   "function,calls,self_ns,total_ns,file,line\n"
                   "g,6,110,110," FILE_FIELD ",7\n"
                   "main,1,100,241," FILE_FIELD ",7\n"
                   "f?[31m,5,38,48," FILE_FIELD ",7\n");
}

static void edges_have_exact_counts_callers_outermost_as_a_dash(void **state) {
    assert_printed(report_csv.edges, state, (struct report_options){.sort = REPORT_SORT_TOTAL},
                   "caller,callee,calls,self_ns,total_ns,caller_file,callee_file\n"
                   "-,main,1,100,241,," FILE_FIELD "\n"
                   "main,g,4,100,100," FILE_FIELD "," FILE_FIELD "\n"
                   "main,f?[31m,3,30,41," FILE_FIELD "," FILE_FIELD "\n"
                   "f?[31m,g,2,10,10," FILE_FIELD "," FILE_FIELD "\n"
                   "-,f?[31m,1,7,7,," FILE_FIELD "\n"
                   "f?[31m,f?[31m,1,1,1," FILE_FIELD "," FILE_FIELD "\n");
}

static void the_tree_is_in_order_each_node_after_its_parent(void **state) {
    assert_printed(report_csv.tree, state, (struct report_options){.sort = REPORT_SORT_TOTAL},
                   "node,parent,depth,function,calls,self_ns,total_ns,file\n"
                   "1,0,1,main,1,100,241," FILE_FIELD "\n"
                   "5,1,2,g,4,100,100," FILE_FIELD "\n"
                   "2,1,2,f?[31m,3,30,41," FILE_FIELD "\n"
                   "3,2,3,g,2,10,10," FILE_FIELD "\n"
                   "4,2,3,f?[31m,1,1,1," FILE_FIELD "\n"
                   "6,0,1,f?[31m,1,7,7," FILE_FIELD "\n");
}

/* --- which rows ------------------------------------------------------------------------------- */

/* The first letters of the functions, in order. */
static const char *order(void **state, struct report_options options) {
    static char letters[16];
    const struct fixture *fixture = *state;
    struct report_rows rows;
    struct error error;
    assert_int_equal(report_rows_functions(&rows, fixture->analysis, &options, &error), 0);
    for (uint32_t i = 0; i < rows.count; i++)
        letters[i] = fixture->analysis->functions[rows.rows[i]].name[0];
    letters[rows.count] = '\0';
    report_rows_free(&rows);
    return letters;
}

static void rows_are_sorted_by_what_is_asked_for(void **state) {
    assert_string_equal(order(state, (struct report_options){.sort = REPORT_SORT_SELF}), "gmf");
    assert_string_equal(order(state, (struct report_options){.sort = REPORT_SORT_TOTAL}), "mgf");
    assert_string_equal(order(state, (struct report_options){.sort = REPORT_SORT_CALLS}), "gfm");
    assert_string_equal(order(state, (struct report_options){.sort = REPORT_SORT_PER_CALL}), "mgf");
    assert_string_equal(order(state, (struct report_options){.sort = REPORT_SORT_NAME}), "fgm");
}

static void a_limit_leaves_out_the_smallest_and_says_how_many(void **state) {
    const struct fixture *fixture = *state;
    struct report_rows rows;
    struct error error;
    assert_int_equal(report_rows_functions(&rows, fixture->analysis,
                                           &(struct report_options){.limit = 2}, &error),
                     0);
    assert_int_equal(rows.count, 2);
    assert_int_equal(rows.left_out, 1);
    report_rows_free(&rows);
}

static void an_edge_is_shown_if_either_end_is(void **state) {
    const struct fixture *fixture = *state;
    struct report_rows rows;
    struct error error;
    regex_t pattern;
    assert_int_equal(regcomp(&pattern, "^g$", REG_EXTENDED | REG_NOSUB), 0);
    assert_int_equal(report_rows_edges(&rows, fixture->analysis,
                                       &(struct report_options){.show = &pattern}, &error),
                     0);
    assert_int_equal(rows.count, 2);
    report_rows_free(&rows);
    regfree(&pattern);
}

static void small_branches_are_left_out_with_all_that_is_in_them(void **state) {
    const struct fixture *fixture = *state;
    struct report_rows rows;
    struct error error;
    assert_int_equal(report_rows_tree(&rows, fixture->analysis,
                                      &(struct report_options){.least_share = 0.2}, &error),
                     0);
    assert_int_equal(rows.count, 2); /* main and its g: 241 and 100 of 248 */
    assert_int_equal(rows.left_out, 4);
    report_rows_free(&rows);
}

/* --- other formats ---------------------------------------------------------------------------- */

static void json_has_the_numbers_of_csv(void **state) {
    char *text = printed(report_json.edges, state, (struct report_options){0});
    json_error_t why;
    json_t *document = json_loads(text, 0, &why);
    assert_non_null(document);
    assert_int_equal(json_array_size(json_object_get(document, "edges")), 6);
    const json_t *edge = json_array_get(json_object_get(document, "edges"), 0);
    assert_true(json_is_null(json_object_get(edge, "caller")));
    assert_string_equal(json_string_value(json_object_get(edge, "callee")), "main");
    assert_int_equal(json_integer_value(json_object_get(edge, "calls")), 1);
    assert_int_equal(json_integer_value(json_object_get(edge, "total_ns")), 241);
    assert_null(strchr(text, '\x1b'));
    json_decref(document);
    free(text);
}

static int64_t number_at(const json_t *document, const char *part, const char *column, size_t type,
                         size_t row) {
    const json_t *columns = json_object_get(json_object_get(document, part), column);
    return json_integer_value(json_array_get(json_array_get(columns, type), row));
}

static size_t function_named(const json_t *document, const char *name) {
    const json_t *names = json_object_get(json_object_get(document, "functions"), "name");
    size_t i = 0;
    while (i < json_array_size(names) &&
           strcmp(json_string_value(json_array_get(names, i)), name) != 0)
        i++;
    assert_true(i < json_array_size(names));
    return i;
}

static void the_page_has_the_numbers_of_csv(void **state) {
    const struct fixture *fixture = *state;
    struct error error;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(report_data_write(out, fixture->analysis, &error), 0);
    fclose(out);
    json_error_t why;
    json_t *document = json_loads(text, 0, &why);
    assert_non_null(document);
    const size_t f = function_named(document, "f\x1b[31m"), g = function_named(document, "g");
    assert_int_equal(number_at(document, "functions", "self", 0, f), 5);
    assert_int_equal(number_at(document, "functions", "total", 1, f), 48);
    assert_int_equal(number_at(document, "functions", "self", 1, g), 110);
    const json_t *edges = json_object_get(document, "edges");
    assert_int_equal(json_integer_value(json_object_get(edges, "count")), 6);
    assert_int_equal(json_array_size(json_object_get(edges, "caller")), 6);
    int64_t outermost = 0, self = 0;
    for (size_t i = 0; i < 6; i++)
        outermost += json_integer_value(json_array_get(json_object_get(edges, "caller"), i)) == -1;
    assert_int_equal(outermost, 2);
    const json_t *nodes = json_object_get(document, "nodes");
    assert_int_equal(json_integer_value(json_object_get(nodes, "count")), 6);
    for (size_t i = 0; i < 6; i++)
        self += number_at(document, "nodes", "self", 1, i);
    assert_int_equal(self, 248);
    json_decref(document);
    free(text);
}

static void text_shows_callers_above_and_callees_below(void **state) {
    char *text = printed(report_text.edges, state, (struct report_options){0});
    assert_non_null(strstr(text, "3 of               5"));
    assert_non_null(strstr(text, "from f?[31m (itself)"));
    assert_non_null(strstr(text, "to   f?[31m (itself)"));
    assert_non_null(strstr(text, "from (no caller recorded)"));
    assert_null(strchr(text, '\x1b'));
    free(text);
}

static void addresses_are_those_of_the_file(void **state) {
    const struct fixture *fixture = *state;
    struct error error;
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    assert_int_equal(report_addresses(out, fixture->profile, &error), 0);
    fclose(out);
    assert_string_equal(text, "prog+0x500 - 1\n"
                              "prog+0x600 prog+0x511 3\n"
                              "prog+0x600 prog+0x611 1\n"
                              "prog+0x600 - 1\n"
                              "prog+0x700 prog+0x521 4\n"
                              "prog+0x700 prog+0x611 2\n");
    free(text);
}

static void threads_become_outermost_frames(void **state) {
    (void)state;
    struct profile *profile = small_profile();
    struct error error;
    assert_int_equal(thread_frames_add(profile, &error), 0);
    struct analysis *analysis = analysis_new(profile, &(struct analysis_options){0}, &error);
    assert_non_null(analysis);
    int64_t totals[2] = {0, 0};
    for (uint32_t i = 0; i < analysis->function_sums.count; i++) {
        const char *name = analysis->functions[i].name;
        if (strcmp(name, "[thread main 1]") == 0)
            totals[0] = analysis_total(&analysis->function_sums, i, 1);
        if (strcmp(name, "[thread worker 2]") == 0)
            totals[1] = analysis_total(&analysis->function_sums, i, 1);
    }
    assert_int_equal(totals[0], 241);
    assert_int_equal(totals[1], 7);
    analysis_free(analysis);
    profile_free(profile);
}

static uint32_t selected(const char *wanted, struct error *error) {
    struct profile *profile = small_profile();
    const uint32_t count = thread_select(profile, wanted, error) == 0 ? profile->sample_count : 0;
    profile_free(profile);
    return count;
}

static void threads_are_picked_by_name_pattern_or_number(void **state) {
    (void)state;
    struct error error;
    assert_int_equal(selected("worker", &error), 1);
    assert_int_equal(selected("m*", &error), 5);
    assert_int_equal(selected("*r*", &error), 1);
    assert_int_equal(selected("*", &error), 6);
    assert_int_equal(selected("1", &error), 5);
    assert_int_equal(selected("work", &error), 0);
    assert_string_equal(error.message, "no thread is named 'work'; there are main, worker");
}

static void a_profile_without_threads_says_so(void **state) {
    (void)state;
    struct profile *profile = profile_new();
    struct error error;
    profile_add_value_type(profile, "calls", "count");
    profile_add_sample(profile, &(struct profile_sample){.values = (int64_t[]){1}});
    assert_int_equal(thread_frames_add(profile, &error), -1);
    assert_non_null(strstr(error.message, "--by-thread"));
    assert_int_equal(thread_select(profile, "main", &error), -1);
    assert_non_null(strstr(error.message, "--by-thread"));
    profile_free(profile);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void) {
    const struct CMUnitTest tests[] = {
        TEST(functions_have_self_and_total_recursion_once),
        TEST(edges_have_exact_counts_callers_outermost_as_a_dash),
        TEST(the_tree_is_in_order_each_node_after_its_parent),
        TEST(rows_are_sorted_by_what_is_asked_for),
        TEST(a_limit_leaves_out_the_smallest_and_says_how_many),
        TEST(an_edge_is_shown_if_either_end_is),
        TEST(small_branches_are_left_out_with_all_that_is_in_them),
        TEST(json_has_the_numbers_of_csv),
        TEST(the_page_has_the_numbers_of_csv),
        TEST(text_shows_callers_above_and_callees_below),
        TEST(addresses_are_those_of_the_file),
        cmocka_unit_test(threads_become_outermost_frames),
        cmocka_unit_test(threads_are_picked_by_name_pattern_or_number),
        cmocka_unit_test(a_profile_without_threads_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
