/* SPDX-License-Identifier: MIT */
#include "probe_sums.h"

#include <cinstr/segment.h>

void probe_sums_add(struct segment_probe_sums *to, const struct segment_probe_sums *from) {
    to->batches += from->batches;
    to->inner += from->inner;
    to->outer += from->outer;
    to->untimed += from->untimed;
}
