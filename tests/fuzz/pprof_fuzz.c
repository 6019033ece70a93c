/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes the pprof reader, and what the other operations make of what it accepted: any file is
 * refused with one line or read; what was read is written, read again and written to the same
 * bytes; merged with nothing it loses no value, and taken from itself it leaves nothing.
 * Built by clang with -fsanitize=fuzzer,address,undefined; corpus in corpus/pprof.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reader/profile/profile.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct bytes {
    uint8_t *data;
    size_t size;
};

static struct bytes write_back(const struct profile *profile) {
    static int fd = -1;
    struct error error = {""};
    if (fd == -1)
        fd = memfd_create("pprof_fuzz", 0);
    require(fd != -1 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0, "no file", &error);
    require(profile_write_pprof(profile, fd, &error) == 0, "what was read is not written", &error);
    off_t size = lseek(fd, 0, SEEK_END);
    struct bytes bytes = {malloc((size_t)size), (size_t)size};
    require(bytes.data != NULL && pread(fd, bytes.data, bytes.size, 0) == size, "no file", &error);
    return bytes;
}

/* Of the first value, wrapping. */
static uint64_t total(const struct profile *profile) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < profile->sample_count; i++)
        sum += (uint64_t)profile->samples[i].values[0];
    return sum;
}

static void check_round_trip(struct profile *profile) {
    struct error error = {""};
    if (profile->time_ns == 0)
        profile->time_ns = 1;
    struct bytes first = write_back(profile);
    struct profile *again = profile_parse_pprof(first.data, first.size, "again", &error);
    require(again != NULL, "what was written is not read", &error);
    require(again->sample_count == profile->sample_count && total(again) == total(profile),
            "samples were lost", &error);
    struct bytes second = write_back(again);
    require(first.size == second.size && memcmp(first.data, second.data, first.size) == 0,
            "written twice, it differs", &error);
    free(second.data);
    free(first.data);
    profile_free(again);
}

/* Both may refuse sums and negations that do not fit; then there is an error to show. */
static void check_sums(const struct profile *profile) {
    struct error error = {""};
    struct profile *merged = profile_merge(&profile, 1, &error);
    require(merged == NULL ? error.message[0] != '\0' : total(merged) == total(profile),
            "merging lost values", &error);
    profile_free(merged);
    struct profile *nothing = profile_subtract(profile, profile, &error);
    require(nothing == NULL ? error.message[0] != '\0' : nothing->sample_count == 0,
            "something is left of nothing", &error);
    profile_free(nothing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct error error = {""};
    struct profile *profile = profile_parse_pprof(data, size, "fuzz", &error);
    require_verdict(profile, &error);
    if (profile != NULL) {
        check_round_trip(profile);
        check_sums(profile);
    }
    profile_free(profile);
    return 0;
}
