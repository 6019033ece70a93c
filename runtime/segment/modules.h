/* SPDX-License-Identifier: MIT */
#ifndef CINSTR_RUNTIME_SEGMENT_MODULES_H
#define CINSTR_RUNTIME_SEGMENT_MODULES_H

#include <stdbool.h>
#include <stdint.h>

#include "runtime/base/lane.h"

/* Records which modules are loaded now. */
void modules_refresh(void);

/* Registers a module's hooks. True for the first: those are the recorder's own copy, since
 * constructors run in the order of dependence. */
bool modules_add_hooks(struct module_hooks *module);
/* It is unloaded. */
void modules_drop_hooks(const struct module_hooks *module);
/* Whether hooks record at all. Those that do not cost an addition: not for calls that are open. */
void modules_switch(bool is_on);
/* Hooks take their context from the thread's slot from now on. The caller holds the process lock. */
void modules_heed_slots(void);
/* The recorder's own copy of the hooks. */
const struct module_hooks *modules_own_hooks(void);

/* The generation of the modules that are loaded now, in the form of a function word. */
uint64_t modules_tag(void);
/* Call it when a module with hooks is unloaded. */
void modules_next_generation(void);

/* Called around a dlclose(): what it unloads must not be confused with what is loaded there
 * next. */
uint32_t modules_before_unloading(void);
void modules_after_unloading(uint32_t before);

#endif
