/* SPDX-License-Identifier: MIT */
/*
 * Adds samples to a profile, and adds up equal ones (see profile.h). Called once for each context,
 * so it is the profile's hot path: the key is built in its final place, and taken back if an equal
 * one exists. A sample is added completely or not at all.
 */
#include "profile.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "profile_storage.h"

_Static_assert(sizeof(struct profile_tag) == 32, "tags are hashed as bytes: no padding");

static int compare_tags(const void *left, const void *right) {
    const struct profile_tag *a = left, *b = right;
    int order = strcmp(a->key, b->key);
    if (order != 0)
        return order;
    if ((a->text == NULL) != (b->text == NULL))
        return a->text == NULL ? 1 : -1;
    if (a->text != NULL)
        return strcmp(a->text, b->text);
    if (a->number != b->number)
        return a->number < b->number ? -1 : 1;
    return strcmp(a->unit, b->unit);
}

/* Interns a tag. 1: added, 0: pprof cannot express it, -1: out of memory. */
static int intern_tag(struct profile *profile, struct profile_tag *to,
                      const struct profile_tag *from) {
    bool is_number = from->text == NULL;
    bool has_unit = is_number && from->unit != NULL && from->unit[0] != '\0';
    if (is_number ? from->number == 0 && !has_unit : from->text[0] == '\0')
        return 0;
    memset(to, 0, sizeof(*to));
    to->key = profile_string(profile, from->key);
    to->unit = profile_string(profile, has_unit ? from->unit : "");
    if (is_number)
        to->number = from->number;
    else
        to->text = profile_string(profile, from->text);
    return to->key == NULL || to->unit == NULL || (!is_number && to->text == NULL) ? -1 : 1;
}

/* Strings go into the same arena as the key, so they are interned before its room is taken. */
static bool intern_tags(struct profile *profile, const struct profile_sample *sample,
                        struct profile_tag *tags, uint32_t *count) {
    *count = 0;
    for (uint32_t i = 0; i < sample->tag_count; i++) {
        int added = intern_tag(profile, &tags[*count], &sample->tags[i]);
        if (added < 0)
            return false;
        *count += (uint32_t)added;
    }
    if (*count > 1)
        qsort(tags, *count, sizeof(*tags), compare_tags);
    return true;
}

static bool add_values(struct profile_sample *sample, const int64_t *values, uint32_t count) {
    int64_t sum;
    for (uint32_t i = 0; i < count; i++) {
        if (__builtin_add_overflow(sample->values[i], values[i], &sum)) {
            errno = EOVERFLOW;
            return false;
        }
    }
    for (uint32_t i = 0; i < count; i++)
        sample->values[i] += values[i];
    return true;
}

static uint32_t add_sample(struct profile *profile, const struct profile_sample *sample,
                           const struct profile_tag *tags, uint32_t tag_count) {
    struct profile_storage *storage = profile->storage;
    size_t tags_size = tag_count * sizeof(*tags);
    size_t stack_size = sample->depth * sizeof(*sample->locations);
    size_t key_size = (sizeof(uint64_t) + tags_size + stack_size + 7) & ~(size_t)7;
    size_t values_size = profile->value_type_count * sizeof(*sample->values);
    struct profile_entry *entry = profile_entry_new(storage, key_size, values_size);
    if (entry == NULL)
        return PROFILE_NONE;

    uint64_t *key = profile_entry_key(entry);
    key[key_size / sizeof(*key) - 1] = 0; /* an odd number leaves half a word */
    key[0] = (uint64_t)tag_count << 32 | sample->depth;
    struct profile_tag *own_tags = (struct profile_tag *)(key + 1);
    uint32_t *own_stack = (uint32_t *)((char *)own_tags + tags_size);
    if (tags_size != 0)
        memcpy(own_tags, tags, tags_size);
    if (stack_size != 0)
        memcpy(own_stack, sample->locations, stack_size);

    uint32_t index = profile_entry_intern(storage, &storage->samples, entry, profile->sample_count);
    if (index == PROFILE_NONE)
        return PROFILE_NONE;
    if (index != profile->sample_count)
        return add_values(&profile->samples[index], sample->values, profile->value_type_count)
                   ? index
                   : PROFILE_NONE;
    struct profile_sample *added = &profile->samples[profile->sample_count++];
    *added = (struct profile_sample){.depth = sample->depth,
                                     .locations = own_stack,
                                     .values = (int64_t *)((char *)key + key_size),
                                     .tag_count = tag_count,
                                     .tags = own_tags};
    memcpy(added->values, sample->values, values_size);
    return index;
}

uint32_t profile_add_sample(struct profile *profile, const struct profile_sample *sample) {
    if (profile->value_type_count == 0) {
        errno = EINVAL;
        return PROFILE_NONE;
    }
    if (!profile_array_grow(profile->storage, &profile->samples, &profile->storage->sample_capacity,
                            profile->sample_count, sizeof(*sample)))
        return PROFILE_NONE;
    struct profile_tag few[8], *tags = few;
    if (sample->tag_count > sizeof(few) / sizeof(few[0])) {
        tags = reallocarray(NULL, sample->tag_count, sizeof(*tags));
        if (tags == NULL)
            return PROFILE_NONE;
    }
    uint32_t tag_count, index = PROFILE_NONE;
    if (intern_tags(profile, sample, tags, &tag_count))
        index = add_sample(profile, sample, tags, tag_count);
    if (tags != few)
        free(tags);
    return index;
}

bool profile_sample_is_zero(const struct profile *profile, const struct profile_sample *sample) {
    for (uint32_t i = 0; i < profile->value_type_count; i++) {
        if (sample->values[i] != 0)
            return false;
    }
    return true;
}

int64_t profile_sample_duration(const struct profile_sample *sample) {
    for (uint32_t i = 0; i < sample->tag_count; i++) {
        const struct profile_tag *tag = &sample->tags[i];
        if (tag->text == NULL && strcmp(tag->key, PROFILE_DURATION_TAG) == 0)
            return tag->number;
    }
    return 0;
}
