/* SPDX-License-Identifier: MIT */
/*
 * Names and lines for addresses (see symbols.h), from a module's file: its symbol table
 * (symbols_table.h) and its debug information (symbols_scopes.h). Called by build_locations.c. It
 * runs inside the profiled program at its exit: a failure here costs names, nothing else.
 */
#include "symbols.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "symbols_module.h"
#include "symbols_name.h"
#include "symbols_plugin.h"

#define HASH_NONFATAL_OOM 1 /* uthash shows it by hh.tbl == NULL, not by exit() */
#include <uthash.h>

struct function {
    struct function_key {
        uint64_t module, address;
    } key;
    struct symbol symbol;
    const struct definition *definition; /* NULL: no debug information */
    struct definition by_rows;           /* where there is nothing but a table of lines */
    bool is_known;
    UT_hash_handle hh;
};

struct symbols {
    struct module *modules;
    uint32_t count;
    struct function *functions;
    struct profile_arena arena; /* names */
};

/* --- modules ---------------------------------------------------------------------------------- */

struct symbols *symbols_new(const struct segment_module *modules, uint32_t count,
                            struct error *error) {
    struct symbols *symbols = calloc(1, sizeof(*symbols));
    if (symbols != NULL)
        symbols->modules = calloc(count + 1u, sizeof(*symbols->modules));
    if (symbols == NULL || symbols->modules == NULL) {
        free(symbols);
        error_set(error, "out of memory");
        return NULL;
    }
    symbols->count = count;
    for (uint32_t i = 0; i < count; i++) {
        struct segment_module *module = &symbols->modules[i].as_loaded;
        *module = modules[i];
        module->path[sizeof(module->path) - 1] = '\0';
        if (module->build_id_size > sizeof(module->build_id))
            module->build_id_size = 0;
    }
    return symbols;
}

void symbols_free(struct symbols *symbols) {
    struct function *function, *next;
    if (symbols == NULL)
        return;
    HASH_ITER(hh, symbols->functions, function, next) {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what is freed is no longer in the hash */
        HASH_DEL(symbols->functions, function);
        free(function);
    }
    for (uint32_t i = 0; i < symbols->count; i++)
        module_close(&symbols->modules[i]);
    profile_arena_free(&symbols->arena);
    free(symbols->modules);
    free(symbols);
}

/* Where to continue when libdw is out of memory, instead of ending the process as it would. */
static _Thread_local jmp_buf *escape;

static __attribute__((noreturn)) void leave_libdw(void) {
    longjmp(*escape, 1);
}

/* Runs after such a jump: names are still available, the debug information is not used again. */
static void give_up_lines(struct module *module) {
    module->has_lost_lines = true;
    module_complain(module, "out of memory: not all lines");
}

const char *symbols_complaint(const struct symbols *symbols, uint32_t module) {
    const char *message = symbols->modules[module].complaint.message;
    return message[0] == '\0' ? NULL : message;
}

/* --- functions -------------------------------------------------------------------------------- */

static void define_by_rows(struct module *module, struct function *function, uint64_t address) {
    function->by_rows = scopes_row(&module->scopes, address);
    if (function->by_rows.file[0] != '\0')
        function->definition = &function->by_rows;
}

/* Opens the module if necessary, and asks its debug information. */
static void define(struct symbols *symbols, struct module *module, struct function *function,
                   uint64_t address) {
    jmp_buf here;
    escape = &here;
    if (setjmp(here) != 0) {
        give_up_lines(module);
        return;
    }
    module_open(module, leave_libdw);
    if (!module->has_lost_lines)
        function->definition = scopes_function(&module->scopes, module_code(module, address),
                                               module_symbol(module, &symbols->arena, address));
    if (!module->has_lost_lines && function->definition == NULL)
        define_by_rows(module, function, module_code(module, address));
    module_complain_of_lack(module);
}

static const char *make_unknown_name(struct symbols *symbols, const struct module *module,
                                     uint64_t address) {
    const char *base = module_base_name(module);
    const size_t size = strlen(base) + sizeof("+0x0123456789abcdef");
    char *name = profile_arena_take(&symbols->arena, size);
    if (name != NULL)
        snprintf(name, size, "%s+0x%" PRIx64, base, address);
    return name;
}

static void name(struct symbols *symbols, struct module *module, struct function *function,
                 uint64_t address) {
    const struct definition *definition = function->definition;
    struct symbol *symbol = &function->symbol;
    symbol->system_name = module_symbol(module, &symbols->arena, address);
    if (symbol->system_name == NULL && definition != NULL)
        symbol->system_name = definition->name;
    if (symbol->system_name != NULL)
        symbol->name = symbols_name_make(&symbols->arena, symbol->system_name);
    function->is_known = symbol->name != NULL;
    symbol->file = definition == NULL || !function->is_known ? "" : definition->file;
    symbol->line = symbol->file[0] == '\0' ? 0 : definition->line;
    if (function->is_known)
        return;
    symbol->name = symbol->system_name = make_unknown_name(symbols, module, address);
    if (symbol->name == NULL) {
        symbol->name = symbol->system_name = "[out of memory]";
        module_complain(module, "out of memory: not all names");
    }
}

/* NULL when out of memory. */
static struct function *find(struct symbols *symbols, uint32_t index, uint64_t address) {
    const struct function_key key = {index, address};
    struct module *module = &symbols->modules[index];
    struct function *function;
    HASH_FIND(hh, symbols->functions, &key, sizeof(key), function);
    if (function != NULL)
        return function;
    function = calloc(1, sizeof(*function));
    if (function != NULL) {
        function->key = key;
        define(symbols, module, function, address - module->as_loaded.bias);
        name(symbols, module, function, address - module->as_loaded.bias);
        HASH_ADD(hh, symbols->functions, key, sizeof(key), function);
        if (function->hh.tbl != NULL)
            return function;
        free(function);
    }
    module_complain(module, "out of memory: not all names");
    return NULL;
}

bool symbols_function(struct symbols *symbols, uint32_t module, uint64_t address,
                      struct symbol *symbol) {
    const struct function *function = find(symbols, module, address);
    if (function == NULL) {
        *symbol = (struct symbol){"[out of memory]", "[out of memory]", "", 0};
        return false;
    }
    *symbol = function->symbol;
    return function->is_known;
}

/* The code of a function that is only in the symbol table is found by its name. */
static int64_t find_line(struct module *module, const struct function *function, uint64_t address) {
    const uint64_t entry = module_code(module, function->key.address - module->as_loaded.bias);
    const char *name = symbols_table_name(&module->table, entry);
    struct definition code;
    if (function->definition != &function->by_rows)
        return scopes_line(&module->scopes, function->definition, address);
    if (name == NULL || symbols_table_name(&module->table, address) != name)
        return 0;
    code = scopes_row(&module->scopes, address);
    return code.file == function->by_rows.file ? code.line : 0;
}

int64_t symbols_line(struct symbols *symbols, uint32_t index, uint64_t function, uint64_t address) {
    struct module *module = &symbols->modules[index];
    const struct function *caller = find(symbols, index, function);
    int64_t line;
    jmp_buf here;
    if (caller == NULL || caller->definition == NULL || module->has_lost_lines)
        return 0;
    escape = &here;
    if (setjmp(here) != 0) {
        give_up_lines(module);
        return 0;
    }
    line = find_line(module, caller, address - module->as_loaded.bias);
    module_complain_of_lack(module);
    return line;
}

/* False: libdw ran out of memory. */
static bool open_module_safely(struct module *module) {
    jmp_buf here;
    escape = &here;
    if (setjmp(here) != 0) {
        give_up_lines(module);
        return false;
    }
    module_open(module, leave_libdw);
    return true;
}

int symbols_instrumented(struct symbols *symbols, uint32_t index, struct instrumented *functions,
                         struct error *error) {
    struct module *module = &symbols->modules[index];
    open_module_safely(module);
    if (module->file.main.elf == NULL)
        return error_set(error, "%s", module->complaint.message);
    if (instrumented_read(functions, &module->file, error) != 0)
        return error_prefix(error, "%s", module_base_name(module));
    for (uint32_t i = 0; i < functions->count; i++)
        functions->addresses[i] += module->as_loaded.bias;
    return 0;
}

uint64_t symbols_own(struct symbols *symbols, uint32_t index, uint64_t address, uint32_t other) {
    struct module *module = &symbols->modules[index], *own = &symbols->modules[other];
    const char *name;
    uint64_t found;
    if (!open_module_safely(module) || !open_module_safely(own))
        return 0;
    name = module_symbol(module, &symbols->arena, address - module->as_loaded.bias);
    found = name == NULL ? 0 : symbols_by_name_find(&own->names, &own->file, name);
    return found == 0 ? 0 : found + own->as_loaded.bias;
}

bool symbols_defines(struct symbols *symbols, uint32_t index, const char *beginning) {
    struct module *module = &symbols->modules[index];
    module_open_table(module);
    return symbols_table_defines(&module->table, beginning);
}

double symbols_prediction(const struct symbols *symbols, uint32_t module) {
    return prediction_read(&symbols->modules[module].file);
}

bool symbols_inlined(struct symbols *symbols, uint32_t index, uint64_t address,
                     struct symbols_inlined *call) {
    struct module *module = &symbols->modules[index];
    const uint64_t bias = module->as_loaded.bias;
    struct inlined_record record;
    if (!open_module_safely(module) || !inlined_read(&module->inlined, address - bias, &record))
        return false;
    *call = (struct symbols_inlined){
        .function = {.name = symbols_name_make(&symbols->arena, record.name),
                     .system_name = record.name,
                     .file = paths_intern(&module->scopes.paths, NULL, record.file),
                     .line = record.function_line},
        .line = record.line,
        .caller = record.caller == 0 ? 0 : record.caller + bias,
        .is_open = record.is_open,
    };
    if (call->function.name == NULL)
        call->function.name = call->function.system_name;
    return true;
}
