/* SPDX-License-Identifier: MIT */
/*
 * The door from the recorder to the reader (include/cinstr/reader.h): the profile of the process
 * that this library has just been loaded into. The only symbol that the library exports.
 */
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include <cinstr/reader.h>

#include "reader/build/build_profile.h"
#include "reader/profile/profile.h"
#include "reader/snapshot/snapshot.h"
#include "reader/trace/trace.h"

static int write_trace(const struct snapshot *snapshot, bool is_json, int fd, struct error *error) {
    struct trace *trace = trace_new(snapshot, error);
    int result = -1;
    if (trace != NULL)
        result =
            is_json ? trace_write_chrome(trace, fd, error) : trace_write_perfetto(trace, fd, error);
    trace_free(trace);
    return result;
}

static int write_profile(const void *segment, size_t size, const char *kind, int fd,
                         struct error *error) {
    struct snapshot *snapshot = snapshot_from_memory(segment, size, "this process", error);
    struct profile *profile = NULL;
    int result = -1;
    if (snapshot != NULL && strncmp(kind, "trace", 5) == 0) {
        result = write_trace(snapshot, strcmp(kind, "trace-json") == 0, fd, error);
        snapshot_free(snapshot);
        return result;
    }
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
    /* Any thread may come in. One that another C library has made, the program's, lacks this one's
     * tables of characters: setting a locale gives it those. A static program's own C library is
     * this one: its thread gets back what it had. */
    const locale_t before = uselocale(newlocale(LC_ALL_MASK, "C", NULL));
    const int result = write_profile(segment, size, kind, fd, &error);

    uselocale(before);
    if (result == 0)
        return 0;
    snprintf(message, message_size, "%s", error.message);
    return -1;
}
