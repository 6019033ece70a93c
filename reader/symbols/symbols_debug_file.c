/* SPDX-License-Identifier: MIT */
/*
 * Finds the separate debug file of a module: by build id below /usr/lib/debug, or by the name and
 * checksum in .gnu_debuglink, in the places where gdb looks (see symbols_file.h). Called by
 * symbols_file.c. Never asks a server.
 */
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <elfutils/libdwelf.h>
#include <zlib.h>

#include "symbols_debug_file.h"

#define DEBUG_ROOT "/usr/lib/debug"

static bool has_build_id(Elf *elf, const uint8_t *build_id, size_t size) {
    const void *bits = NULL;
    ssize_t length = dwelf_elf_gnu_build_id(elf, &bits);
    return length > 0 && (size_t)length == size && memcmp(bits, build_id, size) == 0;
}

static bool find_by_build_id(struct symbols_elf *debug, const uint8_t *build_id, size_t size) {
    char path[sizeof(DEBUG_ROOT) + (size_t)2 * 64 + 32];
    int used;
    if (size < 2 || size > 64)
        return false;
    used = snprintf(path, sizeof(path), DEBUG_ROOT "/.build-id/%02x/", build_id[0]);
    for (size_t i = 1; i < size; i++)
        used += snprintf(path + used, 3, "%02x", build_id[i]);
    strcpy(path + used, ".debug");
    if (symbols_elf_open(debug, path) != 0)
        return false;
    if (has_build_id(debug->elf, build_id, size))
        return true;
    symbols_elf_close(debug);
    return false;
}

static bool has_checksum(int fd, GElf_Word expected) {
    unsigned char buffer[16384];
    uLong checksum = crc32(0, NULL, 0);
    off_t offset = 0;
    ssize_t size;
    while ((size = pread(fd, buffer, sizeof(buffer), offset)) > 0) {
        checksum = crc32(checksum, buffer, (uInt)size);
        offset += size;
    }
    return size == 0 && checksum == expected;
}

/* If both files have a build id, only that is compared: a checksum would mean reading the whole
 * file. */
static bool belongs(const struct symbols_elf *debug, Elf *main, GElf_Word checksum) {
    const void *bits = NULL, *debug_bits = NULL;
    ssize_t size = dwelf_elf_gnu_build_id(main, &bits);
    if (size > 0 && dwelf_elf_gnu_build_id(debug->elf, &debug_bits) > 0)
        return has_build_id(debug->elf, bits, (size_t)size);
    return has_checksum(debug->fd, checksum);
}

static void find_by_link(struct symbols_elf *debug, Elf *main, const char *path) {
    static const char *const places[][2] = {{"", ""}, {"", "/.debug"}, {DEBUG_ROOT, ""}};
    GElf_Word checksum = 0;
    const char *link = dwelf_elf_gnu_debuglink(main, &checksum);
    char *directory = link == NULL ? NULL : realpath(path, NULL);
    char *slash = directory == NULL ? NULL : strrchr(directory, '/');
    if (slash == NULL)
        return;
    *slash = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]) && debug->elf == NULL; i++) {
        char candidate[PATH_MAX];
        int length = snprintf(candidate, sizeof(candidate), "%s%s%s/%s", places[i][0], directory,
                              places[i][1], link);
        if ((size_t)length < sizeof(candidate) && symbols_elf_open(debug, candidate) == 0 &&
            !belongs(debug, main, checksum))
            symbols_elf_close(debug);
    }
    free(directory);
}

void symbols_debug_find(struct symbols_elf *debug, const struct segment_module *module,
                        const struct symbols_elf *main, const char *path) {
    const void *bits = module->build_id;
    ssize_t size = module->build_id_size;
    if (size == 0 && main->elf != NULL)
        size = dwelf_elf_gnu_build_id(main->elf, &bits);
    if (size > 0 && find_by_build_id(debug, bits, (size_t)size))
        return;
    if (main->elf != NULL)
        find_by_link(debug, main->elf, path);
}
