/* SPDX-License-Identifier: MIT */
/*
 * Opens the file of a module and checks that it is the one that ran (see symbols_file.h). Called by
 * symbols.c. Everything in a file is untrusted; libelf and libdw check what they read.
 */
#include "symbols_file.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include <elfutils/libdwelf.h>
#include <gelf.h>

#include "symbols_debug_file.h"

static int open_main(struct symbols_elf *main, const char *path, struct error *error) {
    if (path[0] == '\0')
        return error_set(error, "its path is not known: no names");
    if (symbols_elf_open(main, path) == 0)
        return 0;
    if (errno == 0)
        return error_set(error, "%s is not an ELF file: no names", path);
    return error_set_errno(error, "cannot open %s, so there are no names", path);
}

static int check_build_id(Elf *elf, const struct segment_module *module, const char *path,
                          struct error *error) {
    const void *bits = NULL;
    ssize_t size = dwelf_elf_gnu_build_id(elf, &bits);
    if (module->build_id_size == 0 || (size == (ssize_t)module->build_id_size &&
                                       memcmp(bits, module->build_id, (size_t)size) == 0))
        return 0;
    return error_set(error, "%s has changed since it ran (build id): no names; profile it again",
                     path);
}

/* When a program's file was deleted while it ran, the kernel appends a note to the path. A file
 * that has replaced it may be the same again, if the build id agrees. */
static void copy_path(const struct segment_module *module, char path[sizeof(module->path)]) {
    static const char mark[] = " (deleted)";
    size_t length = strnlen(module->path, sizeof(module->path) - 1);
    memcpy(path, module->path, length);
    path[length] = '\0';
    if (module->build_id_size != 0 && length >= sizeof(mark) &&
        strcmp(path + length - (sizeof(mark) - 1), mark) == 0 && access(path, F_OK) != 0)
        path[length - (sizeof(mark) - 1)] = '\0';
}

static int find_code(struct intervals *code, Elf *elf, struct error *error) {
    size_t count = 0;
    if (elf_getphdrnum(elf, &count) != 0)
        return error_set(error, "its program headers are unreadable (%s): no names",
                         elf_errmsg(-1));
    for (size_t i = 0; i < count && i < INT_MAX; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(elf, (int)i, &header) == NULL)
            return error_set(error, "its program headers are unreadable (%s): no names",
                             elf_errmsg(-1));
        if (header.p_type == PT_LOAD && (header.p_flags & PF_X) != 0 &&
            !intervals_add(code, header.p_vaddr, header.p_vaddr + header.p_memsz, 0))
            return error_set(error, "out of memory: no names");
    }
    intervals_sort(code);
    return 0;
}

int symbols_file_open(struct symbols_file *file, const struct segment_module *module,
                      struct error *error) {
    char path[sizeof(module->path)];
    copy_path(module, path);
    if (open_main(&file->main, path, error) != 0 ||
        check_build_id(file->main.elf, module, path, error) != 0)
        symbols_elf_close(&file->main);
    if (symbols_elf_has_dwarf(file->main.elf)) {
        file->with_dwarf = file->main.elf;
    } else {
        symbols_debug_find(&file->debug, module, &file->main, path);
        file->with_dwarf = symbols_elf_has_dwarf(file->debug.elf) ? file->debug.elf : NULL;
    }
    if (file->main.elf == NULL && file->debug.elf == NULL)
        return -1;
    error->message[0] = '\0'; /* the debug file alone is enough, too */
    return find_code(&file->code, file->main.elf != NULL ? file->main.elf : file->debug.elf, error);
}

void symbols_file_close(struct symbols_file *file) {
    symbols_elf_close(&file->debug);
    symbols_elf_close(&file->main);
    intervals_free(&file->code);
    *file = (struct symbols_file){0};
}
