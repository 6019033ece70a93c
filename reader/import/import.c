/* SPDX-License-Identifier: MIT */
/* See import.h. */
#include "import.h"

#include <string.h>

#include "import_format.h"

extern const struct import_format import_perf, import_gperftools, import_gmon, import_callgrind,
    import_folded;

/* In the order in which they are tried: folded stacks come last, since almost any text looks
 * like them. */
static const struct import_format *const formats[] = {
    &import_gmon, &import_gperftools, &import_callgrind, &import_perf, &import_folded,
};
#define FORMAT_COUNT (sizeof(formats) / sizeof(formats[0]))

const char *import_format(size_t index) {
    return index < FORMAT_COUNT ? formats[index]->name : NULL;
}

static const struct import_format *find_format(const struct import *import, const char *name) {
    for (size_t i = 0; i < FORMAT_COUNT; i++) {
        if (name != NULL ? strcmp(formats[i]->name, name) == 0
                         : formats[i]->sniff(import->data, import->size))
            return formats[i];
    }
    return NULL;
}

static int describe(struct profile *profile, const char *format, struct error *error) {
    char line[128] = "imported by cinstr " CINSTR_VERSION " from the format ";
    strncat(line, format, sizeof(line) - strlen(line) - 1);
    return profile_add_comment(profile, line) == PROFILE_NONE ? import_out_of_memory(error) : 0;
}

/* Whether it is the program: not "/lib64/ld-linux-x86-64.so.2", nor "[vdso]". */
static bool is_program(const struct profile_mapping *mapping) {
    const char *slash = strrchr(mapping->file, '/');
    const char *shared = slash == NULL ? NULL : strstr(slash, ".so");
    return slash != NULL && (shared == NULL || (shared[3] != '\0' && shared[3] != '.'));
}

/* pprof takes the first mapping for the program. Formats without a memory map name files in the
 * order of their occurrence in stacks, and the loader runs first. Nothing may be added
 * afterwards. */
static void put_program_first(struct profile *profile) {
    uint32_t program = 0;
    while (program < profile->mapping_count && !is_program(&profile->mappings[program]))
        program++;
    if (program == 0 || program == profile->mapping_count)
        return;
    const struct profile_mapping first = profile->mappings[0];
    profile->mappings[0] = profile->mappings[program];
    profile->mappings[program] = first;
    for (uint32_t i = 0; i < profile->location_count; i++) {
        uint32_t *mapping = &profile->locations[i].mapping;
        if (*mapping == 0 || *mapping == program)
            *mapping = program - *mapping;
    }
}

struct profile *import_profile(const void *data, size_t size, const char *name,
                               const struct import_options *options, struct error *error) {
    struct import import = {data, size, name, options->binary, NULL};
    const struct import_format *format = find_format(&import, options->format);
    if (format == NULL) {
        error_set(error, "%s: its format is not known: name it with --format", name);
        return NULL;
    }
    import.profile = profile_new();
    if (import.profile == NULL) {
        import_out_of_memory(error);
        return NULL;
    }
    if (describe(import.profile, format->name, error) != 0 || format->read(&import, error) != 0) {
        profile_free(import.profile);
        return NULL;
    }
    put_program_first(import.profile);
    return import.profile;
}
