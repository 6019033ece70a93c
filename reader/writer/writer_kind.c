/* SPDX-License-Identifier: MIT */
/* See writer_kind.h. */
#include "writer_kind.h"

#include <string.h>

#include "reader/build/build_profile.h"
#include "reader/profile/profile.h"
#include "reader/trace/trace.h"

bool writer_kind_is_trace(const char *kind) {
    return strncmp(kind, "trace", 5) == 0;
}

static int write_trace(const struct snapshot *snapshot, bool is_json, int fd, struct error *error) {
    struct trace *trace = trace_new(snapshot, error);
    int result = -1;
    if (trace != NULL)
        result =
            is_json ? trace_write_chrome(trace, fd, error) : trace_write_perfetto(trace, fd, error);
    trace_free(trace);
    return result;
}

static int write_profile(const struct snapshot *snapshot, const char *kind, int fd,
                         struct error *error) {
    const struct build_options options = {.kind = kind,
                                          .by_thread = snapshot->header.by_thread != 0};
    struct profile *profile = build_profile(snapshot, &options, error);
    int result = -1;
    if (profile != NULL)
        result = profile_write_pprof(profile, fd, error);
    profile_free(profile);
    return result;
}

int writer_kind_write(const struct snapshot *snapshot, const char *kind, int fd,
                      struct error *error) {
    return writer_kind_is_trace(kind)
               ? write_trace(snapshot, strcmp(kind, "trace-json") == 0, fd, error)
               : write_profile(snapshot, kind, fd, error);
}
