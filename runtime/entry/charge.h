/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_ENTRY_CHARGE_H
#define CINSTR_RUNTIME_ENTRY_CHARGE_H

#include <stdint.h>

/* The node of a call of `function` that returns to `call_site`: see charge_recorder.h. */
uint32_t charge_node(uintptr_t function, uintptr_t call_site);

#endif
