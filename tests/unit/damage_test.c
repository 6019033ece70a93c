/* SPDX-License-Identifier: MIT */
/*
 * Damaged segments: each byte that matters is changed, and the file is cut off at each length. All
 * of them must pass the checks of tests/segment_examine.h; the undamaged one must say what is in
 * it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "reader/build/verify_segment.h"
#include "segment_examine.h"
#include "segment_sample.h"

static struct segment_sample sample;

static int fill(void **state) {
    (void)state;
    sample_fill(&sample);
    return 0;
}

static void fail_line(void *context, const char *line) {
    (void)context;
    fail_msg("%s", line);
}

static void the_sample_is_sound(void **state) {
    struct snapshot_totals totals;
    struct error error = {""};
    struct snapshot *snapshot = snapshot_from_memory(&sample, sizeof(sample), "sample", &error);
    (void)state;
    assert_non_null(snapshot);
    assert_int_equal(snapshot_verify(snapshot, &totals, fail_line, NULL), 0);
    assert_int_equal(totals.calls, 4 * 6 + 3 + 7);
    assert_int_equal(totals.open, 3);
    assert_int_equal(totals.lanes, SAMPLE_LANES);
    snapshot_free(snapshot);
}

/* Whether the byte is in use. Most are not: they belong to free nodes and their columns. */
static bool matters(size_t at) {
    static struct segment_sample zeros;
    const unsigned char *bytes = (const unsigned char *)&sample;
    const size_t line = at / 64 * 64;
    const size_t size = sizeof(sample) - line < 64 ? sizeof(sample) - line : 64;
    return at < offsetof(struct segment_sample, nodes) ||
           memcmp(bytes + line, (const unsigned char *)&zeros + line, size) != 0;
}

static void each_byte_changed(void **state) {
    unsigned char *bytes = (unsigned char *)&sample;
    const size_t header = sizeof(struct segment_header);
    unsigned refused = 0, changed = 0;
    (void)state;
    for (size_t at = 0; at < sizeof(sample); at++) {
        if (!matters(at) || (at >= header && at < SEGMENT_HEADER_SIZE))
            continue;
        bytes[at] ^= 0xff;
        refused += !examine_segment(&sample, sizeof(sample), at % 2 == 0);
        bytes[at] ^= 0xff;
        changed++;
    }
    print_message("%u of %u refused\n", refused, changed);
    assert_in_range(refused, 1, changed - 1);
}

static void cut_off_anywhere(void **state) {
    (void)state;
    for (size_t size = 0; size < sizeof(sample); size += 61) {
        unsigned char *cut = malloc(size + (size == 0)); /* what lies behind it is not ours */
        assert_non_null(cut);
        memcpy(cut, &sample, size);
        assert_false(examine_segment(cut, size, false));
        free(cut);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sample_is_sound),
        cmocka_unit_test(each_byte_changed),
        cmocka_unit_test(cut_off_anywhere),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
