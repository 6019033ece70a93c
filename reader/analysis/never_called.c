/* SPDX-License-Identifier: MIT */
/*
 * See never_called.h. Calls are matched with the tables by address in the file, so that functions
 * of one name are told apart; copies of one function are then put together by name.
 */
#include "never_called.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct entry {
    uint32_t module;
    uint64_t address; /* address in the file */
    bool is_called;
    struct symbol symbol;
};

struct search {
    const struct profile *profile;
    struct never_called *result;
    uint32_t *modules; /* by mapping: each file is one module */
    uint64_t *shifts;  /* by mapping */
    uint32_t module_count;
    struct entry *entries; /* by module and address; later by symbol */
    uint32_t count;
};

/* --- files ------------------------------------------------------------------------------------ */

static void parse_build_id(struct segment_module *module, const char *hex) {
    unsigned byte;
    for (; module->build_id_size < sizeof(module->build_id) && sscanf(hex, "%2x", &byte) == 1;
         hex += 2)
        module->build_id[module->build_id_size++] = (uint8_t)byte;
}

/* The file of a mapping: the index of its first mapping. */
static uint32_t first_of_file(const struct profile *profile, uint32_t index) {
    const struct profile_mapping *mapping = &profile->mappings[index];
    uint32_t first = 0;
    while (profile->mappings[first].file != mapping->file ||
           profile->mappings[first].build_id != mapping->build_id)
        first++;
    return first;
}

/* Opens the files as if they were loaded at their own addresses. */
static int open_files(struct search *search, struct error *error) {
    const struct profile *profile = search->profile;
    struct segment_module *modules = calloc((size_t)profile->mapping_count + 1, sizeof(*modules));
    if (modules == NULL)
        return error_set(error, "out of memory");
    for (uint32_t i = 0; i < profile->mapping_count; i++) {
        const uint32_t first = first_of_file(profile, i);
        struct segment_module *module = &modules[search->module_count];
        search->modules[i] = search->modules[first];
        if (first != i)
            continue;
        search->modules[i] = search->module_count++;
        snprintf(module->path, sizeof(module->path), "%s", profile->mappings[i].file);
        parse_build_id(module, profile->mappings[i].build_id);
    }
    search->result->symbols = symbols_new(modules, search->module_count, error);
    free(modules);
    return search->result->symbols == NULL ? -1 : 0;
}

static int add_note(struct never_called *result, const char *text, struct error *error) {
    char **notes = reallocarray(result->notes, (size_t)result->note_count + 1, sizeof(*notes));
    if (notes != NULL) {
        result->notes = notes;
        notes[result->note_count] = strdup(text);
    }
    if (notes == NULL || notes[result->note_count] == NULL)
        return error_set(error, "out of memory");
    result->note_count++;
    return 0;
}

static int add_entries(struct search *search, uint32_t module, const struct instrumented *functions,
                       struct error *error) {
    struct entry *entries = reallocarray(
        search->entries, (size_t)search->count + functions->count + 1, sizeof(*entries));
    if (entries == NULL)
        return error_set(error, "out of memory");
    search->entries = entries;
    for (uint32_t i = 0; i < functions->count; i++)
        entries[search->count++] =
            (struct entry){.module = module, .address = functions->addresses[i]};
    return 0;
}

/* A mapping without a file ("[vdso]") has no functions of the program. */
static int read_tables(struct search *search, struct error *error) {
    for (uint32_t i = 0; i < search->profile->mapping_count; i++) {
        struct instrumented functions = {0};
        struct error reason;
        int result = 0;
        if (first_of_file(search->profile, i) != i || search->profile->mappings[i].file[0] != '/')
            continue;
        if (symbols_instrumented(search->result->symbols, search->modules[i], &functions,
                                 &reason) != 0)
            result = add_note(search->result, reason.message, error);
        else
            result = add_entries(search, search->modules[i], &functions, error);
        free(functions.addresses);
        if (result != 0)
            return -1;
    }
    return 0;
}

/* --- calls ------------------------------------------------------------------------------------ */

static int compare_addresses(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    if (a->module != b->module)
        return a->module < b->module ? -1 : 1;
    return a->address < b->address ? -1 : a->address > b->address;
}

/* The innermost frame of a sample is the function that was called, or that was open when the
 * profile began. */
static void mark_called(struct search *search) {
    const struct profile *profile = search->profile;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (sample->depth == 0)
            continue;
        const struct profile_location *location = &profile->locations[sample->locations[0]];
        if (location->mapping == PROFILE_NONE)
            continue;
        const struct entry key = {.module = search->modules[location->mapping],
                                  .address = location->address + search->shifts[location->mapping]};
        struct entry *entry =
            bsearch(&key, search->entries, search->count, sizeof(key), compare_addresses);
        if (entry != NULL)
            entry->is_called = true;
    }
}

/* --- functions -------------------------------------------------------------------------------- */

static int compare_symbols(const struct symbol *a, const struct symbol *b) {
    int result = strcmp(a->name, b->name);
    if (result == 0)
        result = strcmp(a->system_name, b->system_name);
    if (result == 0)
        result = strcmp(a->file, b->file);
    return result != 0 ? result : (a->line > b->line) - (a->line < b->line);
}

static int compare_entries(const void *left, const void *right) {
    const struct entry *a = left, *b = right;
    return compare_symbols(&a->symbol, &b->symbol);
}

static void name_entries(struct search *search) {
    for (uint32_t i = 0; i < search->count; i++)
        symbols_function(search->result->symbols, search->entries[i].module,
                         search->entries[i].address, &search->entries[i].symbol);
    qsort(search->entries, search->count, sizeof(*search->entries), compare_entries);
}

/* An inlined call has another address in the file than its function, and is matched by name. */
static void mark_inlined(struct search *search) {
    const struct profile *profile = search->profile;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        if (sample->depth == 0 || profile->locations[sample->locations[0]].line_count < 2)
            continue;
        const struct profile_line *line = profile->locations[sample->locations[0]].lines;
        const struct profile_function *function = &profile->functions[line->function];
        const struct entry key = {.symbol = {.name = function->name,
                                             .system_name = function->system_name,
                                             .file = function->file,
                                             .line = function->start_line}};
        struct entry *entry =
            bsearch(&key, search->entries, search->count, sizeof(key), compare_entries);
        if (entry != NULL)
            entry->is_called = true;
    }
}

/* After sorting, copies of a function are next to each other. */
static int collect(struct search *search, struct error *error) {
    struct never_called *result = search->result;
    const struct entry *end = search->entries + search->count;
    result->functions = reallocarray(NULL, search->count, sizeof(*result->functions));
    if (result->functions == NULL)
        return error_set(error, "out of memory");
    for (const struct entry *copy = search->entries; copy < end;) {
        const struct entry *first = copy;
        bool is_called = false;
        for (; copy < end && compare_entries(first, copy) == 0; copy++)
            is_called = is_called || copy->is_called;
        result->instrumented++;
        if (!is_called)
            result->functions[result->count++] = first->symbol;
    }
    return 0;
}

static int find(struct search *search, struct error *error) {
    if (profile_find_value_type(search->profile, "calls") == PROFILE_NONE &&
        profile_find_value_type(search->profile, "edge_calls") == PROFILE_NONE)
        return error_set(error, "the profile does not count calls");
    if (open_files(search, error) != 0 || read_tables(search, error) != 0)
        return -1;
    if (search->count == 0 && search->result->note_count != 0)
        return error_set(error, "%s", search->result->notes[0]);
    if (search->count == 0)
        return error_set(error, "the program has no table of instrumented functions: build it with "
                                "cinstr's LLVM plugin, `cinstr cc clang ...`");
    mark_called(search);
    name_entries(search);
    mark_inlined(search);
    return collect(search, error);
}

struct never_called *never_called_new(const struct profile *profile, struct error *error) {
    struct search search = {.profile = profile, .result = calloc(1, sizeof(*search.result))};
    int result;
    search.modules = calloc((size_t)profile->mapping_count + 1, sizeof(*search.modules));
    search.shifts = symbols_shifts(profile);
    if (search.result == NULL || search.modules == NULL || search.shifts == NULL)
        result = error_set(error, "out of memory");
    else
        result = find(&search, error);
    free(search.modules);
    free(search.shifts);
    free(search.entries);
    if (result == 0)
        return search.result;
    never_called_free(search.result);
    return NULL;
}

void never_called_free(struct never_called *never_called) {
    if (never_called == NULL)
        return;
    for (uint32_t i = 0; i < never_called->note_count; i++)
        free(never_called->notes[i]);
    symbols_free(never_called->symbols);
    free(never_called->notes);
    free(never_called->functions);
    free(never_called);
}
