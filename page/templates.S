/* SPDX-License-Identifier: MIT */
/* The pages that page/build.mjs made; empty if cinstr was built without npm. Found by
 * page_template.c. */

.macro page name
    .globl page_\name\()_start, page_\name\()_end
    .hidden page_\name\()_start, page_\name\()_end
page_\name\()_start:
    .incbin "page_\name\().html"
page_\name\()_end:
.endm

    .section .rodata
    page compare
    page diff
    page growth
    page report

    .section .note.GNU-stack, "", %progbits
