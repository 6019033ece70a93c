/* SPDX-License-Identifier: MIT */
/* The tests of runtime/segment: each returns how many failed. */
#ifndef CINSTR_TESTS_SEGMENT_TESTS_H
#define CINSTR_TESTS_SEGMENT_TESTS_H

int run_layout_tests(void);
int run_writer_tests(void);
int run_columns_tests(void);

#endif
