/* SPDX-License-Identifier: MIT */
/*
 * Profiles over HTTP, with the parameters, status codes and texts of Go's net/http/pprof: whole, as
 * text, or the difference of two taken some seconds apart.
 */
#include "reader/build/difference.h"
#include "serve_call.h"
#include "serve_slots.h"
#include "serve_text.h"

/* Longer durations are refused, as a Go server with a write timeout does. */
enum { LONGEST_SECONDS = 3600 };

static serve_result refuse(const struct serve_call *call, const char *words) {
    return serve_reply_error(call->request, MHD_HTTP_BAD_REQUEST, "%s", words);
}

static int write_pprof(const void *profile, int fd, struct error *error) {
    return profile_write_pprof(profile, fd, error);
}

static serve_result send_profile(const struct serve_call *call, const struct profile *profile,
                                 const char *suffix) {
    char name[64];
    snprintf(name, sizeof(name), "%s%s", call->endpoint->name, suffix);
    return serve_written(call, write_pprof, profile, name, "failed to collect profile: ");
}

struct named_profile {
    const struct profile *profile;
    const char *name;
};

static void print_profile(FILE *out, const void *context) {
    const struct named_profile *named = context;
    serve_text_profile(out, named->profile, named->name);
}

/* --- differences ------------------------------------------------------------------------------ */

/* The profile of the next seconds. */
static struct profile *take_difference(const struct serve_call *call, const char *kind,
                                       double seconds, bool *is_gone, struct error *error) {
    const struct build_options options = {.kind = kind};
    struct snapshot *before = serve_snapshot(call, error), *after = NULL;
    struct difference *difference =
        before == NULL ? NULL : difference_begin(before, &options, error);
    struct profile *result = NULL;
    *is_gone = difference != NULL && !serve_wait(call->request, seconds);
    if (difference != NULL && !*is_gone)
        after = serve_snapshot(call, error);
    if (after != NULL)
        result = difference_end(difference, after, error);
    difference_free(difference);
    snapshot_free(before);
    snapshot_free(after);
    return result;
}

static serve_result send_difference(const struct serve_call *call, const char *kind, double seconds,
                                    const char *suffix, const char *words) {
    struct error error = {""};
    bool is_gone;
    struct profile *profile = take_difference(call, kind, seconds, &is_gone, &error);
    if (profile == NULL)
        return is_gone ? MHD_NO : serve_failed(call, words, &error);
    const serve_result result = send_profile(call, profile, suffix);
    profile_free(profile);
    return result;
}

/* A waiting request holds a snapshot; so their number is limited. */
static serve_result answer_difference(const struct serve_call *call, long long seconds) {
    if (seconds > LONGEST_SECONDS)
        return refuse(call, "profile duration exceeds server's WriteTimeout");
    if (!serve_slots_take_wait())
        return serve_reply_error(call->request, MHD_HTTP_SERVICE_UNAVAILABLE,
                                 "too many differences under way: ask again later");
    const serve_result result = send_difference(call, call->endpoint->kind, (double)seconds,
                                                "-delta", "failed to collect profile: ");
    serve_slots_give_wait();
    return result;
}

/* --- endpoints -------------------------------------------------------------------------------- */

static serve_result answer_whole(const struct serve_call *call, bool is_text) {
    struct error error = {""};
    struct profile *profile = serve_profile(call, call->endpoint->kind, &error);
    if (profile == NULL)
        return serve_failed(call, "failed to collect profile: ", &error);
    const serve_result result =
        is_text ? serve_printed(call->request, SERVE_TEXT, print_profile,
                                &(struct named_profile){profile, call->endpoint->name})
                : send_profile(call, profile, "");
    profile_free(profile);
    return result;
}

serve_result serve_answer_profile(const struct serve_call *call) {
    const char *text = serve_argument(call, "seconds");
    const long long seconds = serve_number(text);
    const bool is_text = serve_number(serve_argument(call, "debug")) != 0;
    if (text[0] == '\0')
        return answer_whole(call, is_text);
    if (seconds <= 0)
        return refuse(call, "invalid value for \"seconds\" - must be a positive integer");
    if (is_text)
        return refuse(call, "seconds and debug params are incompatible");
    return answer_difference(call, seconds);
}

/* One at a time for each process, as in Go. */
serve_result serve_answer_cpu(const struct serve_call *call) {
    const long long asked = serve_number(serve_argument(call, "seconds"));
    const long long seconds = asked <= 0 ? 30 : asked;
    if (seconds > LONGEST_SECONDS)
        return refuse(call, "profile duration exceeds server's WriteTimeout");
    if (!serve_slots_take_process(call->pid))
        return serve_reply_error(call->request, MHD_HTTP_INTERNAL_SERVER_ERROR,
                                 "Could not enable CPU profiling: cpu profiling already in use");
    const serve_result result =
        send_difference(call, "cpu", (double)seconds, "", "Could not enable CPU profiling: ");
    serve_slots_give_process(call->pid);
    return result;
}
