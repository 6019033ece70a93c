/* SPDX-License-Identifier: MIT */
/* Options by which calls of the compiler's own jumps are told to the recorder. */
#ifndef CINSTR_CLI_CC_JUMPS_H
#define CINSTR_CLI_CC_JUMPS_H

/* The compiler's own jumps call nobody: before each, the recorder is told, if it is there. */
#define CC_TOLD(jump, arguments, call)                                                             \
    "-D__builtin_" jump "(" arguments ")=__extension__({"                                          \
    " extern void cinstr1_builtin_" jump "(const void *) __asm__(\"cinstr1_builtin_" jump "\")"    \
    " __attribute__((__weak__)); void **cinstr1_buffer = (void **)(b);"                            \
    " if (cinstr1_builtin_" jump ") cinstr1_builtin_" jump "(cinstr1_buffer);"                     \
    " __builtin_" jump call "; })"

#define CC_SETJMP  CC_TOLD("setjmp", "b", "(cinstr1_buffer)")
#define CC_LONGJMP CC_TOLD("longjmp", "b,v", "(cinstr1_buffer, v)")

#endif
