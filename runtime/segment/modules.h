/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_MODULES_H
#define CINSTR_RUNTIME_SEGMENT_MODULES_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

/* Looks which modules are loaded now. */
void modules_refresh(void);

/* A module's hooks begin to record. True for the first that does: they are the recorder's own copy,
 * since constructors run in the order of dependence. */
bool modules_add_hooks(struct module_hooks *module);
/* It is unloaded. */
void modules_drop_hooks(const struct module_hooks *module);
/* Whether hooks record at all. Those that do not cost an addition: not for calls that are open. */
void modules_switch(bool is_on);
/* The recorder's own copy of the hooks. */
const struct module_hooks *modules_own_hooks(void);

/* The generation that now loaded modules belong to, as in a function word. */
uint64_t modules_tag(void);
/* A module with hooks is unloaded. */
void modules_next_generation(void);

/* Around a dlclose(): what it unloads must not be taken for what comes to lie there next. */
uint32_t modules_before_unloading(void);
void modules_after_unloading(uint32_t before);

#endif
