/* SPDX-License-Identifier: MIT */
/*
 * The functions that a profile's locations stand for: each location is one frame, or several where
 * calls were inlined. Used by the analyses alone.
 */
#ifndef CINSTR_READER_ANALYSIS_FRAMES_H
#define CINSTR_READER_ANALYSIS_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"

struct analysis_frames {
    struct analysis_function *functions;
    uint32_t function_count;
    bool *focus;        /* by function: it matches; NULL: all do */
    uint32_t *first;    /* by location: its first frame in `function`; one more at the end */
    uint32_t *function; /* by frame: its function; innermost first */
    char *names;        /* names of the frames without a symbol */
    uint32_t *stamps;   /* by function: working memory of the analyses, all 0 between them */
};

struct analysis_frames *analysis_frames_new(const struct profile *profile, const regex_t *focus,
                                            struct error *error);
void analysis_frames_free(struct analysis_frames *frames);

/* Whether the sample has a matching function. */
bool analysis_frames_match(const struct analysis_frames *frames,
                           const struct profile_sample *sample);

/* The line of a location's frame (0: the innermost); 0 if it is not known. */
static inline uint32_t analysis_frames_line(const struct profile_location *location,
                                            uint32_t frame) {
    const int64_t line = location->line_count == 0 ? 0 : location->lines[frame].line;
    return line > 0 && line < UINT32_MAX ? (uint32_t)line : 0;
}

#endif
