/* SPDX-License-Identifier: MIT */
/*
 * What can be recomputed from a profile's file. That it is valid was checked when it was read.
 * Called by the verify command.
 */
#ifndef CINSTR_CLI_VERIFY_PROFILE_H
#define CINSTR_CLI_VERIFY_PROFILE_H

#include <stdbool.h>
#include <stdint.h>

#include "reader/profile/profile.h"

struct verify_result {
    unsigned violations;
    int64_t calls;   /* sums over all samples */
    bool is_ours;    /* cinstr wrote it */
    bool has_totals; /* it states its sums, and they were recomputed */
    uint64_t returns, unwinds, open, carried;
};

/* Calls `report` for each violation, with one line of text. */
struct verify_result verify_profile(const struct profile *profile,
                                    void (*report)(void *context, const char *line), void *context);

#endif
