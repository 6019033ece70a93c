/* SPDX-License-Identifier: MIT */
/* See source_lines.h. One walk over each sample, from the innermost frame outwards. */
#include "source_lines.h"

#include <errno.h>
#include <stdlib.h>

#include "analysis_frames.h"
#include "analysis_pairs.h"
#include "analysis_sums.h"

struct line_walk {
    const struct analysis *analysis;
    struct source_lines *lines;
    struct pair_table table; /* (function, line) to a row */
    uint32_t *stamps;        /* by row: the last sample that had it, from 1 */
    uint32_t capacity;
};

static bool grow(struct line_walk *walk) {
    const uint32_t larger = walk->capacity == 0 ? 256 : walk->capacity * 2;
    struct source_line *rows = reallocarray(walk->lines->rows, larger, sizeof(*rows));
    if (rows == NULL)
        return false;
    walk->lines->rows = rows;
    uint32_t *stamps = reallocarray(walk->stamps, larger, sizeof(*stamps));
    if (stamps == NULL)
        return false;
    walk->stamps = stamps;
    walk->capacity = larger;
    return true;
}

/* The row, added if it is new; PROFILE_NONE when out of memory. */
static uint32_t find_row(struct line_walk *walk, uint32_t function, uint32_t line) {
    const uint32_t next = walk->lines->sums.count;
    const uint32_t row = pair_table_intern(&walk->table, function, line, next);
    if (row != next)
        return row;
    if ((next == walk->capacity && !grow(walk)) || !analysis_sums_grow(&walk->lines->sums))
        return PROFILE_NONE;
    walk->lines->rows[row] = (struct source_line){.function = function, .line = line};
    walk->stamps[row] = 0;
    return row;
}

/* `number`: of the frame, from 0, the innermost. */
static bool add_frame(struct line_walk *walk, uint32_t row, const struct profile_sample *sample,
                      uint32_t number, uint32_t stamp) {
    const uint32_t count_type = walk->analysis->count_type;
    struct source_line *line = &walk->lines->rows[row];
    if (number == 1 && count_type != PROFILE_NONE &&
        __builtin_add_overflow(line->calls, sample->values[count_type], &line->calls)) {
        errno = EOVERFLOW;
        return false;
    }
    if (number == 0 && !analysis_sums_add(&walk->lines->sums, row, ANALYSIS_SELF, sample->values))
        return false;
    const bool is_first = walk->stamps[row] != stamp;
    walk->stamps[row] = stamp;
    return !is_first || analysis_sums_add(&walk->lines->sums, row, ANALYSIS_TOTAL, sample->values);
}

static bool add_sample(struct line_walk *walk, const struct profile_sample *sample,
                       uint32_t stamp) {
    const struct analysis_frames *frames = walk->analysis->frames;
    uint32_t number = 0;
    for (uint32_t i = 0; i < sample->depth; i++) {
        const uint32_t index = sample->locations[i];
        const struct profile_location *location = &walk->analysis->profile->locations[index];
        for (uint32_t at = frames->first[index]; at < frames->first[index + 1]; at++) {
            const uint32_t line = analysis_frames_line(location, at - frames->first[index]);
            const uint32_t row = find_row(walk, frames->function[at], line);
            if (row == PROFILE_NONE || !add_frame(walk, row, sample, number++, stamp))
                return false;
        }
    }
    return true;
}

static bool add_samples(struct line_walk *walk) {
    const struct profile *profile = walk->analysis->profile;
    for (uint32_t i = 0; i < profile->sample_count; i++) {
        if (analysis_frames_match(walk->analysis->frames, &profile->samples[i]) &&
            !add_sample(walk, &profile->samples[i], i + 1))
            return false;
    }
    return true;
}

static int compare_rows(const void *left, const void *right, void *context) {
    const struct source_line *rows = context;
    const struct source_line *a = &rows[*(const uint32_t *)left];
    const struct source_line *b = &rows[*(const uint32_t *)right];
    if (a->function != b->function)
        return a->function < b->function ? -1 : 1;
    return (a->line > b->line) - (a->line < b->line);
}

static bool sort_rows(struct source_lines *lines) {
    const uint32_t count = lines->sums.count;
    struct source_line *sorted = reallocarray(NULL, (size_t)count + 1, sizeof(*sorted));
    lines->sums_row = reallocarray(NULL, (size_t)count + 1, sizeof(*lines->sums_row));
    if (sorted == NULL || lines->sums_row == NULL) {
        free(sorted);
        return false;
    }
    for (uint32_t i = 0; i < count; i++)
        lines->sums_row[i] = i;
    qsort_r(lines->sums_row, count, sizeof(*lines->sums_row), compare_rows, lines->rows);
    for (uint32_t i = 0; i < count; i++)
        sorted[i] = lines->rows[lines->sums_row[i]];
    free(lines->rows);
    lines->rows = sorted;
    return true;
}

struct source_lines *source_lines_new(const struct analysis *analysis, struct error *error) {
    struct source_lines *lines = calloc(1, sizeof(*lines));
    struct line_walk walk = {.analysis = analysis, .lines = lines};
    if (lines != NULL)
        lines->sums.types = analysis->profile->value_type_count;
    const bool good = lines != NULL && add_samples(&walk) && sort_rows(lines);
    pair_table_free(&walk.table);
    free(walk.stamps);
    if (good)
        return lines;
    analysis_fail(error);
    source_lines_free(lines);
    return NULL;
}

void source_lines_free(struct source_lines *lines) {
    if (lines == NULL)
        return;
    free(lines->rows);
    free(lines->sums_row);
    free(lines->sums.values);
    free(lines);
}
