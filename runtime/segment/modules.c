/* SPDX-License-Identifier: MIT */
/*
 * The modules (program, libraries) that are and were loaded, from which readers name addresses. A
 * new generation begins when a module with hooks is unloaded: what is loaded later may have the
 * same addresses, but its function words have another generation. Each module with hooks also has a
 * generation of its own, between two of these. Cold: constructors, dlopen, dlclose, exit.
 */
#include "modules.h"

#include <cinstr/segment.h>

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runtime/base/lane.h"
#include "runtime/base/options.h"
#include "runtime/base/state.h"
#include "segment_parts.h"
#include "segment_writer.h"

static uint32_t generation = 1;

/* The highest generation in use. */
static uint32_t last_generation = 1;

/* The recorder's own copy of the hooks: in a shared library it serves modules without hooks of
 * their own. */
static struct module_hooks *own_hooks;

/* The hooks of all registered modules. */
static struct module_hooks *all_hooks;
static bool hooks_are_on = true;
static bool heeds_slots;

/* How many objects the loader had added and removed when last asked. */
static unsigned long long seen_adds, seen_removes;

static void copy_build_id(struct segment_module *module, const char *notes, size_t size) {
    while (size >= sizeof(ElfW(Nhdr))) {
        const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(const void *)notes;
        const size_t name = (note->n_namesz + 3u) & ~3u;
        const size_t whole = sizeof(*note) + name + ((note->n_descsz + 3u) & ~3u);

        if (whole > size)
            return;
        if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
            note->n_descsz <= sizeof(module->build_id) &&
            memcmp(notes + sizeof(*note), "GNU", 4) == 0) {
            module->build_id_size = note->n_descsz;
            memcpy(module->build_id, notes + sizeof(*note) + name, note->n_descsz);
            return;
        }
        notes += whole;
        size -= whole;
    }
}

static void describe(struct segment_module *module, const struct dl_phdr_info *info) {
    memset(module, 0, sizeof(*module));
    module->bias = info->dlpi_addr;
    for (unsigned i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        const uint64_t page = header->p_vaddr & UINT64_C(4095);

        if (header->p_type == PT_LOAD && (header->p_flags & PF_X) != 0 && module->limit == 0) {
            module->start = info->dlpi_addr + header->p_vaddr - page;
            module->limit = info->dlpi_addr + header->p_vaddr + header->p_memsz;
            module->limit = (module->limit + 4095) & ~UINT64_C(4095);
            module->file_offset = header->p_offset - page;
        } else if (header->p_type == PT_NOTE) {
            copy_build_id(module, (const char *)info->dlpi_addr + header->p_vaddr, header->p_memsz);
        }
    }
}

/* A relative path: linked as ./library, or found through a relative LD_LIBRARY_PATH. What it is
 * relative to is known now, but not to readers. Writes the folder that goes before it, and
 * returns its length with the slash; 0 unknown. */
static size_t name_directory(struct segment_module *module) {
    const long used = syscall(SYS_getcwd, module->path, sizeof(module->path));
    if (used <= 0 || module->path[0] != '/') {
        memset(module->path, 0, sizeof(module->path));
        return 0;
    }
    module->path[used - 1] = '/';
    return (size_t)used;
}

static void name_module(struct segment_module *module, const char *name, bool is_main) {
    size_t used = 0;
    if (is_main) {
        const ssize_t length = readlink("/proc/self/exe", module->path, sizeof(module->path) - 1);
        if (length > 0)
            return;
    }
    if (name == NULL)
        return;
    if (name[0] != '/' && strchr(name, '/') != NULL)
        used = name_directory(module);
    if (used + strlen(name) < sizeof(module->path))
        memcpy(module->path + used, name, strlen(name));
}

struct refresh {
    bool is_first;
    unsigned char alive[SEGMENT_MAX_MODULES];
};

static bool is_same(const struct segment_module *a, const struct segment_module *b) {
    return a->to_generation == UINT32_MAX && a->start == b->start && a->limit == b->limit &&
           a->build_id_size == b->build_id_size &&
           memcmp(a->build_id, b->build_id, a->build_id_size) == 0;
}

static void add_module(const struct segment_module *module, struct refresh *refresh) {
    uint64_t *count = &segment.header->sections[SEGMENT_SECTION_MODULES].count;
    if (*count == SEGMENT_MAX_MODULES || !segment_ready_module((uint32_t)*count)) {
        segment.header->losses.modules++;
        return;
    }
    segment.modules[*count] = *module;
    refresh->alive[*count] = 1;
    __atomic_store_n(count, *count + 1, __ATOMIC_RELEASE);
}

static int look_at(struct dl_phdr_info *info, size_t size, void *context) {
    struct refresh *refresh = context;
    struct segment_module module;
    const uint64_t count = segment_count(SEGMENT_SECTION_MODULES);
    const bool is_main = refresh->is_first;
    (void)size;
    refresh->is_first = false;
    describe(&module, info);
    if (module.limit == 0)
        return 0;
    for (uint64_t i = 0; i < count; i++) {
        if (is_same(&segment.modules[i], &module)) {
            refresh->alive[i] = 1;
            return 0;
        }
    }
    name_module(&module, info->dlpi_name, is_main);
    module.from_generation = generation;
    module.to_generation = UINT32_MAX;
    add_module(&module, refresh);
    return 0;
}

static int count_changes(struct dl_phdr_info *info, size_t size, void *context) {
    unsigned long long *changes = context;
    (void)size;
    changes[0] = info->dlpi_adds;
    changes[1] = info->dlpi_subs;
    return 1;
}

void modules_refresh(void) {
    static struct refresh refresh;
    unsigned long long changes[2] = {0, 0};
    uint64_t count;
    dl_iterate_phdr(count_changes, changes);
    if (changes[0] == seen_adds && changes[1] == seen_removes)
        return;
    process_lock();
    memset(&refresh, 0, sizeof(refresh));
    refresh.is_first = true;
    dl_iterate_phdr(look_at, &refresh);
    count = segment_count(SEGMENT_SECTION_MODULES);
    for (uint64_t i = 0; i < count; i++) {
        if (!refresh.alive[i] && segment.modules[i].to_generation == UINT32_MAX)
            segment.modules[i].to_generation = generation;
    }
    seen_adds = changes[0];
    seen_removes = changes[1];
    process_unlock();
}

/* Other threads' hooks look at it meanwhile: each word is right by itself. */
static void show_tag(struct module_hooks *module) {
    const bool is_exact = options.timing == SEGMENT_TIMING_EXACT;
    const uint64_t tag = hooks_are_on ? module->given_tag : 0;
    const uint64_t mixed = !heeds_slots || tag == 0 ? 0 : is_exact ? MIXED_EXACT : MIXED_SHARE;

    __atomic_store_n(&module->tag, tag, __ATOMIC_RELAXED);
    __atomic_store_n(&module->is_mixed, mixed, __ATOMIC_RELAXED);
    __atomic_store_n(&module->exact_tag, is_exact && !heeds_slots ? tag : 0, __ATOMIC_RELAXED);
    __atomic_store_n(&module->adaptive_tag, !is_exact && !heeds_slots ? tag : 0, __ATOMIC_RELAXED);
}

static void set_tag(struct module_hooks *module, uint32_t of) {
    module->given_tag = (uint64_t)of << SEGMENT_ADDRESS_BITS;
    show_tag(module);
}

void modules_switch(bool is_on) {
    process_lock();
    for (struct module_hooks *module = all_hooks; module != NULL; module = module->next) {
        if (is_on && !hooks_are_on)
            module->early_calls = 0; /* nobody wanted them */
    }
    hooks_are_on = is_on;
    for (struct module_hooks *module = all_hooks; module != NULL; module = module->next)
        show_tag(module);
    process_unlock();
}

/* Modules do not overlap: it is the last one that begins before the hooks' data. */
static struct segment_module *find_module(const struct module_hooks *hooks) {
    const uint64_t count = segment_count(SEGMENT_SECTION_MODULES);
    struct segment_module *found = NULL;
    for (uint64_t i = 0; i < count; i++) {
        struct segment_module *module = &segment.modules[i];
        if (module->to_generation == UINT32_MAX && module->bias <= (uintptr_t)hooks &&
            (found == NULL || module->bias > found->bias))
            found = module;
    }
    return found;
}

/* A generation of the module's own; the common one when none is left. */
static uint32_t own_generation(const struct module_hooks *hooks) {
    struct segment_module *module = find_module(hooks);
    if (module == NULL || last_generation == SEGMENT_LAST_GENERATION)
        return generation;
    module->hooks_generation = ++last_generation;
    return last_generation;
}

bool modules_add_hooks(struct module_hooks *module) {
    const bool is_first = own_hooks == NULL;

    set_tag(module, module->is_shared ? generation : own_generation(module));
    if (is_first)
        own_hooks = module;
    process_lock();
    module->next = all_hooks;
    all_hooks = module;
    process_unlock();
    return is_first;
}

void modules_drop_hooks(const struct module_hooks *module) {
    struct module_hooks **link = &all_hooks;
    process_lock();
    while (*link != NULL && *link != module)
        link = &(*link)->next;
    if (*link != NULL)
        *link = module->next;
    process_unlock();
}

void modules_heed_slots(void) {
    heeds_slots = true;
    for (struct module_hooks *module = all_hooks; module != NULL; module = module->next)
        show_tag(module);
}

uint64_t modules_tag(void) {
    return (uint64_t)__atomic_load_n(&generation, __ATOMIC_RELAXED) << SEGMENT_ADDRESS_BITS;
}

const struct module_hooks *modules_own_hooks(void) {
    return own_hooks;
}

void modules_next_generation(void) {
    if (last_generation == SEGMENT_LAST_GENERATION) {
        segment.header->losses.modules++;
        return;
    }
    __atomic_store_n(&generation, ++last_generation, __ATOMIC_RELAXED);
    if (own_hooks->is_shared)
        set_tag(own_hooks, generation);
}

uint32_t modules_before_unloading(void) {
    modules_refresh();
    return generation;
}

void modules_after_unloading(uint32_t before) {
    unsigned long long changes[2] = {0, 0};
    dl_iterate_phdr(count_changes, changes);
    if (changes[1] == seen_removes)
        return;
    if (generation == before) /* what was unloaded had no hooks of its own */
        modules_next_generation();
    modules_refresh();
}
