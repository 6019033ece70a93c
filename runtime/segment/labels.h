/* SPDX-License-Identifier: MIT */
/* The texts of labels. */
#ifndef CINSTR_RUNTIME_SEGMENT_LABELS_H
#define CINSTR_RUNTIME_SEGMENT_LABELS_H

#include <stdint.h>

/* Index of a label, made if it is new; 0 when there are too many, or no room. */
uint32_t label_find(const char *key, const char *value);

#endif
