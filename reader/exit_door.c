/* SPDX-License-Identifier: MIT */
/*
 * The door from the recorder to the reader (include/cinstr/reader.h): the profile of the process
 * that this library has just been loaded into. The only symbol that the library exports.
 */
#include <stdio.h>

#include <cinstr/reader.h>

#include "build_profile.h"
#include "profile.h"
#include "snapshot.h"

static int write_profile(const void *segment, size_t size, const char *kind, int fd,
                         struct error *error) {
    struct snapshot *snapshot = snapshot_from_memory(segment, size, "this process", error);
    struct profile *profile = NULL;
    int result = -1;

    if (snapshot != NULL)
        profile = build_profile(snapshot, &(struct build_options){.kind = kind}, error);
    if (profile != NULL)
        result = profile_write_pprof(profile, fd, error);
    profile_free(profile);
    snapshot_free(snapshot);
    return result;
}

__attribute__((visibility("default"))) int
cinstr_reader_write_profile(const void *segment, size_t size, const char *kind, int fd,
                            char *message, size_t message_size) {
    struct error error = {""};

    if (write_profile(segment, size, kind, fd, &error) == 0)
        return 0;
    snprintf(message, message_size, "%s", error.message);
    return -1;
}
