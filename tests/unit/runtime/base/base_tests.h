/* SPDX-License-Identifier: MIT */
/* The tests of runtime/base: each returns how many failed. */
#ifndef CINSTR_TESTS_BASE_TESTS_H
#define CINSTR_TESTS_BASE_TESTS_H

int run_options_tests(void);
int run_sandbox_tests(void);
int run_state_tests(void);
int run_text_tests(void);

#endif
