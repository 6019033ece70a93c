/* SPDX-License-Identifier: MIT */
/*
 * Which functions a profile's locations stand for: each location is one frame, or several when
 * calls were inlined there. Used by the analyses alone.
 */
#ifndef CINSTR_READER_ANALYSIS_FRAMES_H
#define CINSTR_READER_ANALYSIS_FRAMES_H

#include <stdbool.h>
#include <stdint.h>

#include "analysis.h"

struct analysis_frames {
    struct analysis_function *functions;
    uint32_t function_count;
    bool *focus;        /* by function: it matches; NULL all do */
    uint32_t *first;    /* by location: its first frame in `function`; one more at the end */
    uint32_t *function; /* frames, innermost first */
    char *names;        /* of the frames without a symbol */
    uint32_t *stamps;   /* by function: scratch of the analyses, all 0 between them */
};

struct analysis_frames *analysis_frames_new(const struct profile *profile, const regex_t *focus,
                                            struct error *error);
void analysis_frames_free(struct analysis_frames *frames);

/* Whether the sample has a function in focus. */
bool analysis_frames_match(const struct analysis_frames *frames,
                           const struct profile_sample *sample);

#endif
