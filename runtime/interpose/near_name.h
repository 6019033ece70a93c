/* SPDX-License-Identifier: MIT */
/* The name by which a module's own calls get to what is interposed, wherever libcinstr stands in
 * the process: see runtime/near/near.S. */
#ifndef CINSTR_RUNTIME_INTERPOSE_NEAR_NAME_H
#define CINSTR_RUNTIME_INTERPOSE_NEAR_NAME_H

#define NEAR_NAME(name) __asm__(".globl cinstr1_" #name "\n.set cinstr1_" #name ", " #name)

#endif
