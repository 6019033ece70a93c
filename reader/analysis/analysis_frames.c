/* SPDX-License-Identifier: MIT */
/*
 * From locations to functions (see analysis_frames.h). Called by analysis_new(). Functions of the
 * same name and file are one, whatever their addresses; frames without a symbol are one function
 * for each module, as pprof shows them.
 */
#include "analysis_frames.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int compare_functions(const void *left, const void *right, void *context) {
    const struct profile_function *functions = context;
    const struct profile_function *a = &functions[*(const uint32_t *)left];
    const struct profile_function *b = &functions[*(const uint32_t *)right];
    int order = a->name == b->name ? 0 : strcmp(a->name, b->name);
    if (order == 0 && a->file != b->file)
        order = strcmp(a->file, b->file);
    return order;
}

/* Numbers the functions of the profile; equal ones get the same number. */
static int number_functions(struct analysis_frames *frames, const struct profile *profile,
                            uint32_t *numbers) {
    uint32_t *order = reallocarray(NULL, (size_t)profile->function_count + 1, sizeof(*order));
    if (order == NULL)
        return -1;
    for (uint32_t i = 0; i < profile->function_count; i++)
        order[i] = i;
    qsort_r(order, profile->function_count, sizeof(*order), compare_functions, profile->functions);
    for (uint32_t i = 0; i < profile->function_count; i++) {
        const struct profile_function *function = &profile->functions[order[i]];
        if (i == 0 || compare_functions(&order[i - 1], &order[i], profile->functions) != 0) {
            frames->functions[frames->function_count++] = (struct analysis_function){
                .name = function->name[0] == '\0' ? "[unnamed]" : function->name,
                .file = function->file,
                .line = function->start_line};
        }
        struct analysis_function *known = &frames->functions[frames->function_count - 1];
        if (known->line == 0 || (function->start_line != 0 && function->start_line < known->line))
            known->line = function->start_line;
        numbers[order[i]] = frames->function_count - 1;
    }
    free(order);
    return 0;
}

static const char *base_name(const char *path) {
    const char *slash = strrchr(path, '/');
    return slash == NULL || slash[1] == '\0' ? path : slash + 1;
}

/* One function "[module]" for each mapping, and "[unknown]" after them. */
static int name_modules(struct analysis_frames *frames, const struct profile *profile) {
    size_t size = sizeof("[unknown]");
    for (uint32_t i = 0; i < profile->mapping_count; i++)
        size += strlen(profile->mappings[i].file) + sizeof("[unknown]");
    frames->names = malloc(size);
    if (frames->names == NULL)
        return -1;
    char *name = frames->names;
    for (uint32_t i = 0; i <= profile->mapping_count; i++) {
        const char *file = i < profile->mapping_count ? profile->mappings[i].file : "";
        file = base_name(file);
        int length = sprintf(name, file[0] == '[' ? "%s" : "[%s]", file[0] ? file : "unknown");
        frames->functions[frames->function_count++] =
            (struct analysis_function){.name = name, .file = ""};
        name += length + 1;
    }
    return 0;
}

static int number_locations(struct analysis_frames *frames, const struct profile *profile,
                            const uint32_t *numbers, uint32_t first_module) {
    uint64_t count = 0;
    for (uint32_t i = 0; i < profile->location_count; i++)
        count += profile->locations[i].line_count == 0 ? 1 : profile->locations[i].line_count;
    if (count >= PROFILE_NONE)
        return -1;
    frames->first = reallocarray(NULL, (size_t)profile->location_count + 1, sizeof(uint32_t));
    frames->function = reallocarray(NULL, count + 1, sizeof(uint32_t));
    if (frames->first == NULL || frames->function == NULL)
        return -1;
    uint32_t next = 0;
    for (uint32_t i = 0; i < profile->location_count; i++) {
        const struct profile_location *location = &profile->locations[i];
        frames->first[i] = next;
        for (uint32_t line = 0; line < location->line_count; line++)
            frames->function[next++] = numbers[location->lines[line].function];
        if (location->line_count == 0) {
            bool known = location->mapping != PROFILE_NONE;
            frames->function[next++] =
                first_module + (known ? location->mapping : profile->mapping_count);
        }
    }
    frames->first[profile->location_count] = next;
    return 0;
}

static int fill_frames(struct analysis_frames *frames, const struct profile *profile,
                       const regex_t *focus) {
    size_t most = (size_t)profile->function_count + profile->mapping_count + 1;
    if (most >= PROFILE_NONE)
        return -1;
    frames->functions = calloc(most, sizeof(*frames->functions));
    frames->stamps = calloc(most, sizeof(*frames->stamps));
    uint32_t *numbers = calloc((size_t)profile->function_count + 1, sizeof(*numbers));
    int result = -1;
    if (frames->functions != NULL && frames->stamps != NULL && numbers != NULL &&
        number_functions(frames, profile, numbers) == 0) {
        uint32_t first_module = frames->function_count;
        if (name_modules(frames, profile) == 0)
            result = number_locations(frames, profile, numbers, first_module);
    }
    free(numbers);
    if (result != 0 || focus == NULL)
        return result;
    frames->focus = calloc(frames->function_count, sizeof(*frames->focus));
    if (frames->focus == NULL)
        return -1;
    for (uint32_t i = 0; i < frames->function_count; i++)
        frames->focus[i] = regexec(focus, frames->functions[i].name, 0, NULL, 0) == 0;
    return 0;
}

struct analysis_frames *analysis_frames_new(const struct profile *profile, const regex_t *focus,
                                            struct error *error) {
    struct analysis_frames *frames = calloc(1, sizeof(*frames));
    if (frames != NULL && fill_frames(frames, profile, focus) == 0)
        return frames;
    error_set(error, "not enough memory for the profile's %u functions and %u locations",
              profile->function_count, profile->location_count);
    analysis_frames_free(frames);
    return NULL;
}

void analysis_frames_free(struct analysis_frames *frames) {
    if (frames == NULL)
        return;
    free(frames->functions);
    free(frames->focus);
    free(frames->first);
    free(frames->function);
    free(frames->names);
    free(frames->stamps);
    free(frames);
}

bool analysis_frames_match(const struct analysis_frames *frames,
                           const struct profile_sample *sample) {
    if (frames->focus == NULL)
        return true;
    for (uint32_t i = 0; i < sample->depth; i++) {
        uint32_t location = sample->locations[i];
        for (uint32_t at = frames->first[location]; at < frames->first[location + 1]; at++) {
            if (frames->focus[frames->function[at]])
                return true;
        }
    }
    return false;
}
