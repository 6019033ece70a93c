/* SPDX-License-Identifier: MIT */
/* See compare_match.h. */
#include "compare_match.h"

#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1 /* uthash shows it by hh.tbl == NULL, not by exit() */
#include <uthash.h>

#include "analysis_frames.h"
#include "reader/base/index_stack.h"

struct unit { /* a row in the making */
    UT_hash_handle hh;
    struct compare_row row;
    uint32_t length;
    uint32_t path[]; /* functions, innermost first: its key */
};

struct matching {
    struct compare *compare;
    struct unit *units;
    uint32_t *known; /* by function of the sampled profile: the same function of the exact one, or
                 * PROFILE_NONE */
    bool *is_caller; /* by function of the exact profile: a sampled stack has it as a caller */
    struct index_stack path; /* working memory */
    bool by_context;
};

/* --- functions -------------------------------------------------------------------------------- */

struct name {
    UT_hash_handle hh;
    uint32_t function, count; /* of that name */
};

static uint32_t find_named(const struct analysis *exact, struct name *names,
                           const struct analysis_function *function) {
    struct name *name;
    HASH_FIND(hh, names, function->name, strlen(function->name), name);
    if (name == NULL)
        return PROFILE_NONE;
    if (name->count == 1)
        return name->function;
    for (uint32_t i = 0; i < exact->frames->function_count; i++) {
        if (strcmp(exact->functions[i].name, function->name) == 0 &&
            strcmp(exact->functions[i].file, function->file) == 0)
            return i;
    }
    return PROFILE_NONE;
}

/* A name that only one function has matches whatever its file: a sampler may not know the file,
 * or know it by another path. */
static int match_functions(struct matching *matching) {
    const struct analysis *exact = matching->compare->exact, *sampled = matching->compare->sampled;
    struct name *entries = calloc((size_t)exact->frames->function_count + 1, sizeof(*entries));
    struct name *names = NULL, *name;
    bool is_full = true;
    matching->known =
        reallocarray(NULL, (size_t)sampled->frames->function_count + 1, sizeof(uint32_t));
    if (entries == NULL || matching->known == NULL) {
        free(entries);
        return -1;
    }
    for (uint32_t i = 0; i < exact->frames->function_count; i++) {
        const char *text = exact->functions[i].name;
        HASH_FIND(hh, names, text, strlen(text), name);
        if (name == NULL) {
            name = &entries[i];
            name->function = i;
            HASH_ADD_KEYPTR(hh, names, text, strlen(text), name);
            is_full = is_full && name->hh.tbl != NULL;
        }
        name->count++;
    }
    for (uint32_t i = 0; is_full && i < sampled->frames->function_count; i++)
        matching->known[i] = find_named(exact, names, &sampled->functions[i]);
    HASH_CLEAR(hh, names);
    free(entries);
    return is_full ? 0 : -1;
}

static void see_callers(struct matching *matching, const struct profile_sample *sample) {
    const struct analysis_frames *frames = matching->compare->sampled->frames;
    for (uint32_t i = 0; i < sample->depth; i++) {
        const uint32_t location = sample->locations[i];
        for (uint32_t at = frames->first[location]; at < frames->first[location + 1]; at++) {
            const uint32_t function = matching->known[frames->function[at]];
            if (function != PROFILE_NONE && (i > 0 || at > frames->first[location]))
                matching->is_caller[function] = true;
        }
    }
}

static int find_callers(struct matching *matching) {
    const struct profile *profile = matching->compare->sampled->profile;
    matching->is_caller =
        calloc((size_t)matching->compare->exact->frames->function_count + 1, sizeof(bool));
    if (matching->is_caller == NULL)
        return -1;
    for (uint32_t i = 0; i < profile->sample_count; i++)
        see_callers(matching, &profile->samples[i]);
    return 0;
}

/* --- units ------------------------------------------------------------------------------------ */

/* The functions of the path that was read last. */
static struct unit *find_unit(struct matching *matching) {
    const size_t size = matching->path.depth * sizeof(*matching->path.items);
    struct unit *unit;
    HASH_FIND(hh, matching->units, matching->path.items, size, unit);
    if (unit != NULL)
        return unit;
    unit = calloc(1, sizeof(*unit) + size);
    if (unit == NULL)
        return NULL;
    unit->length = matching->path.depth;
    unit->row.function = matching->path.items[0];
    memcpy(unit->path, matching->path.items, size);
    HASH_ADD_KEYPTR(hh, matching->units, unit->path, size, unit);
    if (unit->hh.tbl == NULL) {
        free(unit);
        return NULL;
    }
    return unit;
}

/* Whether a caller is left out of exact paths: one that no sampled stack has. The other build
 * may have inlined it, or it ends in a tail call; no context below it could be found again
 * there. In the run that was sampled itself, a caller without samples simply has none. */
static bool is_hidden(const struct matching *matching, uint32_t function) {
    return !matching->compare->is_same_run && !matching->is_caller[function];
}

/* Collects the functions of a stack that both profiles know, innermost first, as far as they are
 * needed; `skipped` is the number of frames before the first. Returns how many, or -1. */
static int64_t read_path(struct matching *matching, const struct analysis *analysis,
                         const uint32_t *known, const struct profile_sample *sample,
                         uint32_t *skipped) {
    const struct analysis_frames *frames = analysis->frames;
    matching->path.depth = 0;
    *skipped = 0;
    for (uint32_t i = 0; i < sample->depth; i++) {
        const uint32_t location = sample->locations[i];
        for (uint32_t at = frames->first[location]; at < frames->first[location + 1]; at++) {
            const uint32_t function =
                known == NULL ? frames->function[at] : known[frames->function[at]];
            if (function == PROFILE_NONE) {
                *skipped += matching->path.depth == 0;
                continue;
            }
            if (known == NULL && matching->path.depth > 0 && is_hidden(matching, function))
                continue;
            if (index_stack_push(&matching->path, function) != 0)
                return -1;
            if (!matching->by_context)
                return 1;
        }
    }
    return matching->path.depth;
}

/* Converts square microseconds into square nanoseconds. */
static void add_errors(struct compare_row *row, const struct profile_sample *sample,
                       const struct profile_error *error) {
    const double model = error->model == PROFILE_NONE ? 0 : (double)sample->values[error->model];
    row->error += model;
    row->is_timed = row->is_timed || error->model == PROFILE_NONE || model > 0;
    if (error->variance != PROFILE_NONE)
        row->variance += 1e6 * (double)sample->values[error->variance];
}

/* A sample that is in no context has no row. */
static bool is_unplaced(const struct analysis *exact, const struct profile_sample *sample) {
    const uint32_t function =
        sample->depth == 1 ? exact->frames->function[exact->frames->first[sample->locations[0]]]
                           : PROFILE_NONE;
    return function != PROFILE_NONE &&
           strcmp(exact->functions[function].name, PROFILE_UNPLACED) == 0;
}

static int add_exact(struct matching *matching, const struct compare_types *types) {
    const struct analysis *exact = matching->compare->exact;
    for (uint32_t i = 0; i < exact->profile->sample_count; i++) {
        const struct profile_sample *sample = &exact->profile->samples[i];
        uint32_t skipped;
        if (is_unplaced(exact, sample)) {
            matching->compare->unplaced += (double)sample->values[types->time];
            continue;
        }
        const int64_t length = read_path(matching, exact, NULL, sample, &skipped);
        struct unit *unit = length > 0 ? find_unit(matching) : NULL;
        if (length == 0)
            continue;
        if (unit == NULL)
            return -1;
        unit->row.time += (double)sample->values[types->time];
        add_errors(&unit->row, sample, &types->error);
        if (types->overhead != PROFILE_NONE)
            unit->row.overhead += (double)sample->values[types->overhead];
        if (types->calls != PROFILE_NONE)
            unit->row.calls += sample->values[types->calls];
    }
    return 0;
}

/* Recognizes the hooks' code by the name that build_locations.c gives it. */
static bool is_probe(const struct analysis *analysis, const struct profile_sample *sample) {
    const struct analysis_frames *frames = analysis->frames;
    const uint32_t function = frames->function[frames->first[sample->locations[0]]];
    return strcmp(analysis->functions[function].name, "[cinstr]") == 0;
}

static int add_sampled(struct matching *matching, const struct compare_types *types) {
    struct compare *compare = matching->compare;
    const struct profile *profile = compare->sampled->profile;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        const struct profile_sample *sample = &profile->samples[i];
        const double samples = (double)sample->values[types->samples];
        uint32_t skipped;
        const int64_t length =
            read_path(matching, compare->sampled, matching->known, sample, &skipped);
        struct unit *unit = length > 0 ? find_unit(matching) : NULL;
        if (length < 0 || (length > 0 && unit == NULL))
            return -1;
        compare->samples += samples;
        if (length == 0) {
            compare->unmatched += samples;
            continue;
        }
        unit->row.samples += samples;
        if (skipped != 0 && is_probe(compare->sampled, sample))
            compare->probes += samples;
        else if (skipped != 0)
            compare->charged += samples;
    }
    return 0;
}

static int collect_rows(struct matching *matching) {
    struct compare *compare = matching->compare;
    struct unit *unit, *next;
    size_t lengths = 0;
    uint32_t *path;
    for (unit = matching->units; unit != NULL; unit = unit->hh.next)
        lengths += unit->length;
    compare->rows = calloc((size_t)HASH_COUNT(matching->units) + 1, sizeof(*compare->rows));
    compare->paths = path = reallocarray(NULL, lengths + 1, sizeof(*path));
    if (compare->rows == NULL || compare->paths == NULL)
        return -1;
    HASH_ITER(hh, matching->units, unit, next) {
        struct compare_row *row = &compare->rows[compare->row_count++];
        *row = unit->row;
        if (matching->by_context) {
            memcpy(path, unit->path, unit->length * sizeof(*path));
            row->path = path;
            row->path_length = unit->length;
            path += unit->length;
        }
    }
    return 0;
}

int compare_match(struct compare *compare, const struct compare_types *types, bool by_context,
                  struct error *error) {
    struct matching matching = {.compare = compare, .by_context = by_context};
    struct unit *unit;
    int result = -1;
    if (match_functions(&matching) == 0 && find_callers(&matching) == 0 &&
        add_exact(&matching, types) == 0 && add_sampled(&matching, types) == 0)
        result = collect_rows(&matching);
    unit = matching.units;
    HASH_CLEAR(hh, matching.units); /* leaves the list */
    while (unit != NULL) {
        struct unit *next = unit->hh.next;
        free(unit);
        unit = next;
    }
    free(matching.known);
    free(matching.is_caller);
    free(matching.path.items);
    return result == 0 ? 0 : error_set(error, "out of memory");
}
