/* SPDX-License-Identifier: MIT */
/*
 * Promise: a program without instrumented functions may call all of the public interface.
 */
#include <cinstr.h>

#include "said.h"

int main(void) {
    char stack[64];
    cinstr_start();
    cinstr_reset();
    cinstr_stop();
    cinstr_stack_switch(stack, stack + sizeof(stack));
    must(cinstr_set_label("key", "value") == 0 || errno == ENOTSUP, "cinstr_set_label");
    must(cinstr_set_label("key", NULL) == 0 || errno == ENOTSUP, "cinstr_set_label");
    must(cinstr_version()[0] != '\0', "cinstr_version");
    return 0;
}
