/* SPDX-License-Identifier: MIT */
/*
 * Rows of checked sums (see analysis_sums.h). Called by the analyses for each frame of each sample.
 */
#include "analysis_sums.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool analysis_sums_grow(struct analysis_sums *sums) {
    size_t row_size = 2 * (size_t)sums->types * sizeof(int64_t);
    if (sums->count == sums->capacity) {
        uint64_t wanted = sums->capacity == 0 ? 256 : (uint64_t)sums->capacity * 2;
        int64_t *values =
            wanted < PROFILE_NONE ? reallocarray(sums->values, wanted, row_size) : NULL;
        if (values == NULL) {
            errno = ENOMEM;
            return false;
        }
        sums->values = values;
        sums->capacity = (uint32_t)wanted;
    }
    memset(sums->values + (size_t)sums->count * 2 * sums->types, 0, row_size);
    sums->count++;
    return true;
}

bool analysis_sums_add(struct analysis_sums *sums, uint32_t row, enum analysis_column column,
                       const int64_t *values) {
    int64_t *sum = sums->values + ((size_t)row * 2 + column) * sums->types;
    for (uint32_t type = 0; type < sums->types; type++) {
        if (__builtin_add_overflow(sum[type], values[type], &sum[type])) {
            errno = EOVERFLOW;
            return false;
        }
    }
    return true;
}

int analysis_fail(struct error *error) {
    if (errno == EOVERFLOW)
        return error_set(error, "the values are too large to be added up");
    return error_set_errno(error, "cannot analyse the profile");
}
