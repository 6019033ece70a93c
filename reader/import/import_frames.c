/* SPDX-License-Identifier: MIT */
/* Frames of imported profiles, by name or by address (see import_format.h). */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "import_format.h"

/* --- by name ---------------------------------------------------------------------------------- */

uint32_t import_named_frame(struct profile *profile, uint32_t mapping, const char *function,
                            const char *file, int64_t line) {
    struct profile_line frame = {.line = line};
    frame.function = profile_add_function(
        profile,
        &(struct profile_function){.name = function, .system_name = function, .file = file});
    if (frame.function == PROFILE_NONE)
        return PROFILE_NONE;
    return profile_add_location(
        profile, &(struct profile_location){.mapping = mapping, .line_count = 1, .lines = &frame});
}

uint32_t import_mapping(struct profile *profile, const char *file) {
    return profile_add_mapping(profile, &(struct profile_mapping){.file = file,
                                                                  .has_functions = true,
                                                                  .has_filenames = true,
                                                                  .has_line_numbers = true});
}

int import_push(struct index_stack *stack, uint32_t location) {
    return location == PROFILE_NONE || stack->depth == PROFILE_MAX_DEPTH
               ? -1
               : index_stack_push(stack, location);
}

void import_reverse(struct index_stack *stack) {
    for (uint32_t i = 0; i < stack->depth / 2; i++) {
        const uint32_t other = stack->depth - 1 - i, kept = stack->items[i];
        stack->items[i] = stack->items[other];
        stack->items[other] = kept;
    }
}

/* --- by address ------------------------------------------------------------------------------- */

/* The difference between the process's addresses and the file's, by the segment at `offset` in
 * the file. 0 where the file does not say. */
static uint64_t find_bias(const char *path, uint64_t start, uint64_t offset) {
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    Elf64_Ehdr header;
    uint64_t bias = 0;
    if (fd < 0)
        return 0;
    if (pread(fd, &header, sizeof(header), 0) == (ssize_t)sizeof(header) &&
        memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64) {
        for (unsigned i = 0; i < header.e_phnum; i++) {
            Elf64_Phdr segment;
            const uint64_t at = header.e_phoff + i * sizeof(segment);
            if (pread(fd, &segment, sizeof(segment), (off_t)at) != (ssize_t)sizeof(segment))
                break;
            if (segment.p_type == PT_LOAD && offset <= segment.p_offset + segment.p_filesz &&
                offset + 4096 > segment.p_offset && (segment.p_flags & PF_X) != 0)
                bias = start - (segment.p_vaddr - segment.p_offset + offset);
        }
    }
    close(fd);
    return bias;
}

static int add(struct import_modules *modules, const struct segment_module *module) {
    struct segment_module *larger =
        reallocarray(modules->modules, (size_t)modules->count + 1, sizeof(*larger));
    if (larger == NULL)
        return -1;
    modules->modules = larger;
    modules->modules[modules->count++] = *module;
    return 0;
}

int import_add_module(struct import_modules *modules, uint64_t start, uint64_t limit,
                      uint64_t offset, const char *path) {
    struct segment_module module = {
        .start = start, .limit = limit, .file_offset = offset, .to_generation = UINT32_MAX};
    if (modules->count == SEGMENT_MAX_MODULES)
        return 0;
    if (path[0] == '/' && strlen(path) < sizeof(module.path)) {
        memcpy(module.path, path, strlen(path) + 1);
        module.bias = find_bias(path, start, offset);
    }
    return add(modules, &module);
}

int import_add_binary(struct import_modules *modules, const char *path, struct error *error) {
    struct segment_module module = {.limit = UINT64_C(1) << 48, .to_generation = UINT32_MAX};
    if (access(path, R_OK) != 0)
        return error_set_errno(error, "cannot read %s", path);
    if (strlen(path) >= sizeof(module.path))
        return error_set(error, "%s: the name is too long", path);
    memcpy(module.path, path, strlen(path) + 1);
    return add(modules, &module) != 0 ? import_out_of_memory(error) : 0;
}

int import_open_modules(struct import_modules *modules, struct profile *profile,
                        struct error *error) {
    modules->symbols = symbols_new(modules->modules, modules->count, error);
    if (modules->symbols == NULL)
        return -1;
    modules->mappings = reallocarray(NULL, (size_t)modules->count + 1, sizeof(*modules->mappings));
    for (uint32_t i = 0; modules->mappings != NULL && i < modules->count; i++) {
        const struct segment_module *module = &modules->modules[i];
        modules->mappings[i] = profile_add_mapping(
            profile,
            &(struct profile_mapping){.start = module->start,
                                      .limit = module->limit,
                                      .offset = module->file_offset,
                                      .file = module->path[0] != '\0' ? module->path : "[unknown]",
                                      .has_functions = true,
                                      .has_filenames = true,
                                      .has_line_numbers = true});
        if (modules->mappings[i] == PROFILE_NONE)
            return import_out_of_memory(error);
    }
    return modules->mappings == NULL ? import_out_of_memory(error) : 0;
}

void import_free_modules(struct import_modules *modules) {
    if (modules->symbols != NULL)
        symbols_free(modules->symbols);
    free(modules->modules);
    free(modules->mappings);
}

uint32_t import_address(struct import_modules *modules, struct profile *profile, uint64_t address) {
    struct symbol symbol = {"[unknown]", "[unknown]", "", 0};
    uint32_t mapping = PROFILE_NONE;
    struct profile_line frame = {0};
    for (uint32_t i = 0; i < modules->count && mapping == PROFILE_NONE; i++) {
        if (address < modules->modules[i].start || address >= modules->modules[i].limit)
            continue;
        mapping = modules->mappings[i];
        symbols_function(modules->symbols, i, address, &symbol);
        frame.line = symbols_line(modules->symbols, i, address, address);
    }
    if (frame.line == 0)
        frame.line = symbol.line;
    frame.function =
        profile_add_function(profile, &(struct profile_function){.name = symbol.name,
                                                                 .system_name = symbol.system_name,
                                                                 .file = symbol.file,
                                                                 .start_line = symbol.line});
    if (frame.function == PROFILE_NONE)
        return PROFILE_NONE;
    return profile_add_location(
        profile, &(struct profile_location){
                     .mapping = mapping, .address = address, .line_count = 1, .lines = &frame});
}
