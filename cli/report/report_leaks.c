/* SPDX-License-Identifier: MIT */
/* See report_leaks.h. */
#include "report_leaks.h"

#include <stdlib.h>

#include "cli/print/units.h"
#include "page/json_text.h"
#include "report_stack.h"

struct leaks {
    const struct profile *profile;
    uint32_t objects, space; /* indices of value types */
    uint32_t *samples;       /* stacks that hold something */
    uint32_t count, shown;
    int64_t total_objects, total_space;
};

static int64_t value(const struct leaks *leaks, uint32_t sample, uint32_t type) {
    return leaks->profile->samples[sample].values[type];
}

static int compare(const void *left, const void *right, void *context) {
    const struct leaks *leaks = context;
    const uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    const int64_t space_a = value(leaks, a, leaks->space), space_b = value(leaks, b, leaks->space);
    if (space_a != space_b)
        return space_a > space_b ? -1 : 1;
    return a < b ? -1 : a > b;
}

static int find(struct leaks *leaks, struct error *error) {
    const struct profile *profile = leaks->profile;
    leaks->objects = profile_find_value_type(profile, "inuse_objects");
    leaks->space = profile_find_value_type(profile, "inuse_space");
    if (leaks->objects == PROFILE_NONE || leaks->space == PROFILE_NONE)
        return error_set(error,
                         "not a heap profile: it does not say what is in use; record one with "
                         "`cinstr run --memprofile FILE`");
    leaks->samples = calloc((size_t)profile->sample_count + 1, sizeof(*leaks->samples));
    if (leaks->samples == NULL)
        return error_set(error, "out of memory");
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        if (value(leaks, i, leaks->objects) <= 0)
            continue;
        leaks->samples[leaks->count++] = i;
        leaks->total_objects += value(leaks, i, leaks->objects);
        leaks->total_space += value(leaks, i, leaks->space);
    }
    qsort_r(leaks->samples, leaks->count, sizeof(*leaks->samples), compare, leaks);
    return 0;
}

/* --- text ------------------------------------------------------------------------------------- */

int report_leaks_text(FILE *out, const struct leaks *leaks, struct error *error) {
    (void)error;
    if (leaks->count == 0) {
        fputs("nothing is held\n", out);
        return 0;
    }
    fprintf(out, "held: %s bytes in %s object%s, from %s context%s\n",
            units_count(leaks->total_space).text, units_count(leaks->total_objects).text,
            units_plural(leaks->total_objects), units_count(leaks->count).text,
            units_plural(leaks->count));
    for (uint32_t i = 0; i < leaks->shown; i++) {
        const uint32_t sample = leaks->samples[i];
        const int64_t objects = value(leaks, sample, leaks->objects);
        fprintf(out, "\n%s bytes in %s object%s\n",
                units_count(value(leaks, sample, leaks->space)).text, units_count(objects).text,
                units_plural(objects));
        report_stack_text(out, leaks->profile, sample);
    }
    if (leaks->shown < leaks->count)
        fprintf(out, "\n%s more context%s; --limit 0 shows all\n",
                units_count(leaks->count - leaks->shown).text,
                units_plural(leaks->count - leaks->shown));
    return 0;
}

/* --- JSON ------------------------------------------------------------------------------------- */

int report_leaks_json(FILE *out, const struct leaks *leaks, struct error *error) {
    json_t *array = json_array();
    for (uint32_t i = 0; i < leaks->shown; i++) {
        const uint32_t sample = leaks->samples[i];
        json_array_append_new(array,
                              json_pack("{s:I, s:I, s:o}", "objects",
                                        (json_int_t)value(leaks, sample, leaks->objects), "bytes",
                                        (json_int_t)value(leaks, sample, leaks->space), "stack",
                                        report_stack_json(leaks->profile, sample)));
    }
    return json_print(out,
                      json_pack("{s:I, s:I, s:I, s:o}", "objects", (json_int_t)leaks->total_objects,
                                "bytes", (json_int_t)leaks->total_space, "contexts",
                                (json_int_t)leaks->count, "leaks", array),
                      error);
}

int report_leaks(FILE *out, const struct profile *profile, const struct report_format *format,
                 const struct report_options *options, struct error *error) {
    const uint32_t limit = options->limit;
    struct leaks leaks = {.profile = profile};
    int result = find(&leaks, error);
    leaks.shown = limit != 0 && limit < leaks.count ? limit : leaks.count;
    if (result == 0)
        result = format->leaks(out, &leaks, error);
    free(leaks.samples);
    return result;
}
