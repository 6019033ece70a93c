/* SPDX-License-Identifier: MIT */
/* Tests of runtime/segment, linked with it and what is below it. */
#include "segment_tests.h"

int main(void) {
    return run_layout_tests() + run_writer_tests() + run_columns_tests();
}
