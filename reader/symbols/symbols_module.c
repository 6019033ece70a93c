/* SPDX-License-Identifier: MIT */
/* See symbols_module.h. Files are untrusted: what fails costs names, nothing else. */
#include "symbols_module.h"

#include <string.h>

#include "symbols_plt.h"

const char *module_base_name(const struct module *module) {
    const char *slash = strrchr(module->as_loaded.path, '/');
    const char *name = slash == NULL ? module->as_loaded.path : slash + 1;
    return name[0] == '\0' ? "[unknown]" : name;
}

void module_complain(struct module *module, const char *reason) {
    if (module->complaint.message[0] == '\0')
        error_set(&module->complaint, "%s: %s", module_base_name(module), reason);
}

void module_complain_of_lack(struct module *module) {
    const bool has_lines = module->scopes.count != 0;
    if (module->complaint.message[0] != '\0')
        return;
    if (module->scopes.is_cut || module->scopes.paths.is_cut)
        module_complain(module, "out of memory: not all lines");
    else if (module->table.count == 0 && !has_lines)
        error_set(&module->complaint,
                  "%s is stripped: showing addresses. Profile an unstripped binary to get names.",
                  module_base_name(module));
    else if (module->table.is_stripped && !has_lines)
        module_complain(module, "stripped: names of exported functions only, and no lines");
    else if (!has_lines)
        module_complain(module, "no debug information: no lines; build with -g");
    else if (module->scopes.lacks_split)
        module_complain(module,
                        "a .dwo file is missing: not all lines; keep them, or build without "
                        "-gsplit-dwarf");
}

void module_open_table(struct module *module) {
    struct error *failure = &module->failure;
    if (module->has_table)
        return;
    module->has_table = true;
    if (symbols_file_open(&module->file, &module->as_loaded, failure) != 0 ||
        symbols_table_fill(&module->table, &module->file, failure) != 0)
        error_prefix(failure, "%s", module_base_name(module));
    module->inlined = inlined_find(module->file.main.elf);
}

void module_open(struct module *module, Dwarf_OOM out_of_memory) {
    if (module->is_open)
        return;
    module->is_open = true;
    module_open_table(module);
    if (module->failure.message[0] != '\0')
        module->complaint = module->failure;
    else if (module->file.with_dwarf != NULL &&
             scopes_open(&module->scopes, module->file.with_dwarf, &module->file.code,
                         out_of_memory, &module->complaint) != 0)
        error_prefix(&module->complaint, "%s", module_base_name(module));
}

void module_close(struct module *module) {
    scopes_close(&module->scopes);
    symbols_by_name_free(&module->names);
    symbols_table_free(&module->table);
    symbols_file_close(&module->file);
}

uint64_t module_code(struct module *module, uint64_t address) {
    const struct symbols_file *file = &module->file;
    const char *resolver;
    uint64_t version = 0;
    if (!module->table.has_ifuncs || symbols_table_name(&module->table, address) != NULL)
        return address;
    resolver = symbols_table_name(&module->table, symbols_plt_resolver(file->main.elf, address));
    if (resolver != NULL)
        version = symbols_by_name_version(&module->names, file, resolver,
                                          symbols_by_name_plain(&module->names, file, resolver));
    return version != 0 ? version : address;
}

const char *module_symbol(struct module *module, struct profile_arena *arena, uint64_t address) {
    const char *name = symbols_table_name(&module->table, module_code(module, address));
    size_t size;
    char *plain;
    if (name == NULL || !module->table.has_ifuncs)
        return name;
    size = symbols_by_name_plain(&module->names, &module->file, name);
    if (name[size] == '\0' || (plain = profile_arena_take(arena, size + 1)) == NULL)
        return name;
    memcpy(plain, name, size);
    plain[size] = '\0';
    return plain;
}
