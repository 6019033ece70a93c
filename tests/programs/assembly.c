/* SPDX-License-Identifier: MIT */
/*
 * Functions in assembly whose symbols have no size; the second symbol has no type either. The
 * program calls hooks for them itself. Their addresses must get their names, and an address after
 * their section none.
 */
#include <cinstr/hooks.h>

void sizeless(void);
void typeless(void);
void leaf(void);

__asm__(".section .text.one,\"ax\",@progbits\n"
        ".globl sizeless\n.type sizeless, @function\nsizeless: ret\n"
        ".section .text.two,\"ax\",@progbits\n"
        ".globl typeless\ntypeless: ret\n.skip 8, 0xcc\n"
        ".text\n");

static CINSTR_HOOK void call(void (*function)(void)) {
    __cyg_profile_func_enter((void *)function, __builtin_return_address(0));
    function();
    __cyg_profile_func_exit((void *)function, __builtin_return_address(0));
}

CINSTR_HOOK int main(void) {
    for (int i = 0; i < 3; i++)
        call(sizeless);
    for (int i = 0; i < 5; i++)
        call(typeless);
    return 0;
}
