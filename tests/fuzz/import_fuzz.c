/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes what other profilers' files are read by: any file, as each of the formats, is refused with
 * one line or read; what was read is a profile that can be written and read again.
 * Built by clang with -fsanitize=fuzzer,address,undefined; corpus in corpus/import.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reader/import/import.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_round_trip(const struct profile *profile) {
    static int fd = -1;
    struct error error = {""};
    if (fd == -1)
        fd = memfd_create("import_fuzz", 0);
    require(fd != -1 && ftruncate(fd, 0) == 0 && lseek(fd, 0, SEEK_SET) == 0, "no file", &error);
    require(profile_write_pprof(profile, fd, &error) == 0, "not written", &error);
    require(lseek(fd, 0, SEEK_SET) == 0, "no file", &error);
    struct profile *again = profile_read_pprof(fd, "again", &error);
    require(again != NULL && again->sample_count == profile->sample_count, "not read", &error);
    profile_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    for (size_t i = 0; i == 0 || import_format(i - 1) != NULL; i++) {
        const struct import_options options = {i == 0 ? NULL : import_format(i - 1), "/dev/null"};
        struct error error = {""};
        struct profile *profile = import_profile(data, size, "fuzz", &options, &error);
        require_verdict(profile, &error);
        if (profile != NULL)
            check_round_trip(profile);
        profile_free(profile);
    }
    return 0;
}
