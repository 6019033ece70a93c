/* SPDX-License-Identifier: MIT */
/* Tests of runtime/segment/segment_writer.c, segment_arena.c and segment_create.c: space is handed
 * out once, zeroed, and again after it was given back; the result says when there is no more; a
 * fork child's segment replaces its parent's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "recorder.h"
#include "runtime/segment/segment_arena.h"
#include "said.h"
#include "segment_tests.h"

static int make(void **state) {
    (void)state;
    return recorder_make_segment("contexts=4096:histogram=1");
}

static bool is_zero(const void *memory, size_t size) {
    const char *bytes = memory;
    return size == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, size - 1) == 0);
}

static struct segment_node *first_node(uint32_t block) {
    return tree_node(block * SEGMENT_BLOCK_NODES);
}

static uint64_t count_of(enum segment_section_id id) {
    return segment.header->sections[id].count;
}

/* --- nodes ------------------------------------------------------------------------------------ */

static void blocks_are_handed_out_once_and_zeroed(void **state) {
    enum { BLOCKS = 100 };
    static bool seen[4096];
    (void)state;
    memset(seen, 0, sizeof(seen));
    for (unsigned i = 1; i <= BLOCKS; i++) {
        const uint32_t block = segment_take_block();
        assert_in_range(block, 1, 4095);
        assert_false(seen[block]);
        seen[block] = true;
        assert_true(is_zero(first_node(block), SEGMENT_BLOCK_NODES * sizeof(struct segment_node)));
        memset(first_node(block), 0xff, SEGMENT_BLOCK_NODES * sizeof(struct segment_node));
        assert_int_equal(segment_blocks_in_use(), i + 1); /* with that of node 0 */
        assert_true(count_of(SEGMENT_SECTION_BLOCKS) > block);
        assert_true(count_of(SEGMENT_SECTION_NODES) >= ((uint64_t)block + 1) * SEGMENT_BLOCK_NODES);
    }
}

static void a_block_that_was_given_back_is_used_again_without_what_was_in_it(void **state) {
    (void)state;
    const uint32_t block = segment_take_block();
    const uint32_t node = block * SEGMENT_BLOCK_NODES + 5;
    segment.blocks[block].lane = 3;
    segment.blocks[block].count = 6;
    tree_node(node)->calls = 7;
    segment.unwinds[node] = 8;
    segment.min[node] = 9;
    segment.histogram[node * SEGMENT_HISTOGRAM_BUCKETS + 159] = 10;
    segment_give_block(block);
    assert_int_equal(segment.blocks[block].lane, 0);
    assert_int_equal(segment.blocks[block].count, 0);
    assert_int_equal(segment_blocks_in_use(), 1);
    assert_int_equal(segment_take_block(), block);
    assert_int_equal(tree_node(node)->calls + segment.unwinds[node] + segment.min[node], 0);
    assert_int_equal(segment.histogram[node * SEGMENT_HISTOGRAM_BUCKETS + 159], 0);
}

static void when_no_block_is_left_none_is_given_however_often_one_asks(void **state) {
    uint32_t blocks = 0, last = 0, block;
    (void)state;
    atomic_store(&segment_arenas.nodes.taken,
                 segment_arenas.nodes.capacity -
                     3 * SEGMENT_BLOCK_NODES * sizeof(struct segment_node));
    while ((block = segment_take_block()) != 0) {
        last = block;
        blocks++;
    }
    assert_int_equal(blocks, 3);
    for (unsigned i = 0; i < 1000; i++)
        assert_int_equal(segment_take_block(), 0);
    segment_give_block(last);
    assert_int_equal(segment_take_block(), last);
}

/* --- the heap and lanes ----------------------------------------------------------------------- */

static void memory_comes_by_the_page_apart_and_zeroed(void **state) {
    static const size_t sizes[] = {1, 4096, 4097, 100000, 8192, 12288, 64};
    char *at[sizeof(sizes) / sizeof(sizes[0])];
    (void)state;
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        at[i] = segment_take_heap(sizes[i]);
        assert_non_null(at[i]);
        assert_int_equal((uintptr_t)at[i] % 4096, 0);
        assert_true(is_zero(at[i], sizes[i]));
        memset(at[i], (int)i + 1, sizes[i]);
        assert_true((uint64_t)(at[i] - segment.heap) + sizes[i] <= count_of(SEGMENT_SECTION_HEAP));
    }
    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        for (size_t byte = 0; byte < sizes[i]; byte++)
            assert_int_equal(at[i][byte], i + 1);
    }
}

static void memory_that_was_given_back_serves_what_it_is_large_enough_for(void **state) {
    (void)state;
    char *large = segment_take_heap(16384), *small = segment_take_heap(4096);
    memset(large, 1, 16384);
    segment_give_heap(large, 16384);
    segment_give_heap(small, 4096);
    assert_ptr_equal(segment_take_heap(9000), large);
    assert_true(is_zero(large, 16384));
    assert_ptr_equal(segment_take_heap(100), small);
    assert_ptr_not_equal(segment_take_heap(16384), large);
}

static void there_is_no_memory_beyond_the_heap(void **state) {
    (void)state;
    assert_null(segment_take_heap(segment_arenas.heap.capacity * 2));
    assert_null(segment_take_heap(SIZE_MAX / 2));
    atomic_store(&segment_arenas.heap.taken, segment_arenas.heap.capacity - 4096);
    assert_non_null(segment_take_heap(4096));
    assert_null(segment_take_heap(4096));
    assert_null(segment_take_heap(1));
}

static void lanes_are_handed_out_once_and_again_when_given_back(void **state) {
    (void)state;
    const uint32_t first = segment_take_lane(), second = segment_take_lane();
    assert_int_not_equal(first, second);
    assert_int_equal(count_of(SEGMENT_SECTION_LANES), 2);
    segment_give_lane(first);
    segment_give_lane(second);
    assert_int_equal(segment_take_lane(), second);
    assert_int_equal(segment_take_lane(), first);
    atomic_store(&segment_arenas.lanes.taken, segment_arenas.lanes.capacity);
    assert_int_equal(segment_take_lane(), UINT32_MAX);
}

/* --- the file --------------------------------------------------------------------------------- */

static void what_is_written_is_in_the_file_which_is_the_user_s_alone(void **state) {
    struct stat status;
    uint64_t magic = 0;
    (void)state;
    segment.header->magic = SEGMENT_MAGIC;
    FILE *file = fopen(segment.path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(&magic, sizeof(magic), 1, file), 1);
    assert_true(magic == SEGMENT_MAGIC);
    assert_int_equal(fstat(fileno(file), &status), 0);
    fclose(file);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, segment.header->size);
    assert_true((uint64_t)status.st_blocks * 512 < segment.header->size / 16); /* sparse */
}

static int recreate_with_file_size_limit(rlim_t bytes) {
    const struct rlimit limit = {bytes, RLIM_INFINITY};
    recorder_remove_segment(NULL);
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
        return -1;
    const int result = recorder_make_segment("contexts=4096");
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){RLIM_INFINITY, RLIM_INFINITY});
    return result;
}

static void under_a_file_size_limit_the_file_is_smaller(void **state) {
    (void)state;
    const rlim_t limit = 512u << 20;
    assert_true(segment.header->size > limit);
    assert_int_equal(recreate_with_file_size_limit(limit), 0);
    assert_string_not_equal(segment.path, "");
    assert_true(segment.header->size <= limit);
    assert_int_not_equal(segment_take_block(), 0);
}

static void where_no_file_can_be_there_is_memory_and_one_line_says_so(void **state) {
    (void)state;
    said_begin();
    const int result = recreate_with_file_size_limit(4096);
    const char *heard = said_end();
    assert_int_equal(result, 0);
    assert_int_equal(said_lines(heard), 1);
    assert_string_equal(segment.path, "");
    assert_int_not_equal(segment_take_block(), 0);
    assert_non_null(segment_take_heap(4096));
}

/* In the child: the parent's file stays as it is, and every address goes on being valid. */
static bool child_has_its_own(void) {
    char *const base = segment.base;
    char parent_path[sizeof(segment.path)];
    strcpy(parent_path, segment.path);
    process_is_own_now();
    segment.modules[0].start = 4711;
    segment.header->sections[SEGMENT_SECTION_MODULES].count = 1;
    if (!segment_create(true, true))
        return false;
    const bool is_fresh = segment.base == base && strcmp(segment.path, parent_path) != 0 &&
                          access(parent_path, F_OK) == 0 && segment.modules[0].start == 4711 &&
                          count_of(SEGMENT_SECTION_NODES) == 0 && segment_blocks_in_use() == 0;
    first_node(segment_take_block() + 1)->calls = 99;
    segment_unlink();
    return is_fresh;
}

static void a_fork_child_s_segment_takes_the_place_of_its_parent_s(void **state) {
    int status;
    (void)state;
    const uint32_t block = segment_take_block();
    first_node(block)->calls = 1;
    const pid_t pid = fork();
    if (pid == 0)
        _exit(child_has_its_own() ? 0 : 1);
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    assert_int_equal(first_node(block)->calls, 1);
    assert_int_equal(segment_blocks_in_use(), 2);
}

#define SEGMENT_TEST(name) cmocka_unit_test_setup_teardown(name, make, recorder_remove_segment)

int run_writer_tests(void) {
    const struct CMUnitTest tests[] = {
        SEGMENT_TEST(blocks_are_handed_out_once_and_zeroed),
        SEGMENT_TEST(a_block_that_was_given_back_is_used_again_without_what_was_in_it),
        SEGMENT_TEST(when_no_block_is_left_none_is_given_however_often_one_asks),
        SEGMENT_TEST(memory_comes_by_the_page_apart_and_zeroed),
        SEGMENT_TEST(memory_that_was_given_back_serves_what_it_is_large_enough_for),
        SEGMENT_TEST(there_is_no_memory_beyond_the_heap),
        SEGMENT_TEST(lanes_are_handed_out_once_and_again_when_given_back),
        SEGMENT_TEST(what_is_written_is_in_the_file_which_is_the_user_s_alone),
        SEGMENT_TEST(under_a_file_size_limit_the_file_is_smaller),
        SEGMENT_TEST(where_no_file_can_be_there_is_memory_and_one_line_says_so),
        SEGMENT_TEST(a_fork_child_s_segment_takes_the_place_of_its_parent_s),
    };
    return cmocka_run_group_tests_name("writer", tests, NULL, NULL);
}
