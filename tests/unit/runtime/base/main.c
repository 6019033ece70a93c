/* SPDX-License-Identifier: MIT */
/* Tests of runtime/base, linked with it alone. */
#include "base_tests.h"

int main(void) {
    return run_options_tests() + run_sandbox_tests() + run_state_tests() + run_text_tests();
}
