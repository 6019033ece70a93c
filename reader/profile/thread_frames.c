/* SPDX-License-Identifier: MIT */
/*
 * See thread_frames.h. The longer stacks live in the profile's arena, as the old ones do.
 */
#include "thread_frames.h"

#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "profile_storage.h"

struct thread {
    const char *name; /* "" unknown */
    char number[24];  /* "" unknown */
};

/* False: the sample's thread is not known. */
static bool find_thread(const struct profile_sample *sample, struct thread *thread) {
    *thread = (struct thread){.name = ""};
    for (uint32_t i = 0; i < sample->tag_count; i++) {
        const struct profile_tag *tag = &sample->tags[i];
        if (strcmp(tag->key, "thread") == 0 && tag->text != NULL)
            thread->name = tag->text;
        if (strcmp(tag->key, "tid") == 0 && tag->text == NULL && tag->number != 0)
            snprintf(thread->number, sizeof(thread->number), "%" PRId64, tag->number);
    }
    return thread->name[0] != '\0' || thread->number[0] != '\0';
}

/* Writes "[thread worker 4711]"; false: the sample's thread is not known. */
static bool name_thread(const struct profile_sample *sample, char *name, size_t size) {
    struct thread thread;
    if (!find_thread(sample, &thread))
        return false;
    snprintf(name, size, "[thread%s%s%s%s]", thread.name[0] == '\0' ? "" : " ", thread.name,
             thread.number[0] == '\0' ? "" : " ", thread.number);
    return true;
}

static int no_threads(struct error *error) {
    return error_set(error, "the profile does not tell threads apart; `cinstr run --by-thread`, "
                            "by_thread=1 and `cinstr dump --by-thread` write one that does");
}

/* Adds the frame. Equal functions and locations are merged, so threads of the same name and
 * number become one. */
static uint32_t add_location(struct profile *profile, const char *name) {
    struct profile_line line = {
        .function = profile_add_function(
            profile, &(struct profile_function){.name = name, .system_name = name})};
    if (line.function == PROFILE_NONE)
        return PROFILE_NONE;
    return profile_add_location(
        profile,
        &(struct profile_location){.mapping = PROFILE_NONE, .line_count = 1, .lines = &line});
}

static int lengthen(struct profile *profile, struct profile_sample *sample, const char *name) {
    const uint32_t location = add_location(profile, name);
    const size_t size = sample->depth * sizeof(*sample->locations);
    uint32_t *stack = profile_arena_take(&profile->storage->arena, size + sizeof(*stack));
    if (location == PROFILE_NONE || stack == NULL)
        return -1;
    if (size != 0)
        memcpy(stack, sample->locations, size);
    stack[sample->depth++] = location;
    sample->locations = stack;
    return 0;
}

int thread_frames_add(struct profile *profile, struct error *error) {
    bool found = profile->sample_count == 0;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        char name[128];
        if (!name_thread(&profile->samples[i], name, sizeof(name)))
            continue;
        found = true;
        if (lengthen(profile, &profile->samples[i], name) != 0)
            return error_set_errno(error, "cannot tell threads apart");
    }
    return found ? 0 : no_threads(error);
}

/* --- picking some ----------------------------------------------------------------------------- */

static const char *known_as(const struct thread *thread) {
    return thread->name[0] != '\0' ? thread->name : thread->number;
}

/* Names as many of the profile's threads as a line has room for, each once. */
static void list_threads(const struct profile *profile, char *text, size_t size) {
    enum { MOST = 8 };
    struct thread listed[MOST];
    size_t count = 0, length = 0;
    text[0] = '\0';
    for (uint32_t i = 0; i < profile->sample_count && length < size; i++) {
        struct thread thread;
        size_t at = 0;
        if (!find_thread(&profile->samples[i], &thread))
            continue;
        while (at < count && strcmp(known_as(&listed[at]), known_as(&thread)) != 0)
            at++;
        if (at < count)
            continue;
        if (count == MOST) {
            snprintf(text + length, size - length, ", ...");
            return;
        }
        listed[count++] = thread;
        length += (size_t)snprintf(text + length, size - length, "%s%s", count == 1 ? "" : ", ",
                                   known_as(&thread));
    }
}

static bool is_wanted(const struct thread *thread, const char *wanted) {
    return strcmp(thread->name, wanted) == 0 || strcmp(thread->number, wanted) == 0 ||
           fnmatch(wanted, thread->name, 0) == 0;
}

int thread_select(struct profile *profile, const char *wanted, struct error *error) {
    uint32_t count = 0;
    char names[256];
    list_threads(profile, names, sizeof(names));
    if (names[0] == '\0')
        return no_threads(error);
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        struct thread thread;
        if (find_thread(&profile->samples[i], &thread) && is_wanted(&thread, wanted))
            profile->samples[count++] = profile->samples[i];
    }
    profile->sample_count = count;
    return count != 0 ? 0
                      : error_set(error, "no thread is named '%s'; there are %s", wanted, names);
}
