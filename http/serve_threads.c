/* SPDX-License-Identifier: MIT */
/*
 * /debug/pprof/goroutine: what each thread is doing now, in Go's format, since users of Go look at
 * this first when a service hangs. It has calls of instrumented functions alone.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "reader/build/build_stacks.h"
#include "serve_call.h"
#include "serve_text.h"

/* --- as text ---------------------------------------------------------------------------------- */

/* How long the innermost call has been open, as Go prints it for a goroutine that waits. */
static void print_state(FILE *out, const struct stacks_stack *stack) {
    const uint64_t minutes = stack->frames[0].is_timed ? stack->frames[0].ns / 60000000000u : 0;
    fprintf(out, "goroutine %" PRIu32 " [running", stack->lane->info.tid);
    if (minutes != 0)
        fprintf(out, ", %" PRIu64 " minutes", minutes);
    fputs("]:\n", out);
}

static void print_stacks(FILE *out, const void *context) {
    const struct stacks *stacks = context;
    const char *before = "";
    for (uint32_t i = 0; i < stacks->count; i++) {
        const struct stacks_stack *stack = &stacks->stacks[i];
        if (stack->count == 0)
            continue;
        fputs(before, out);
        print_state(out, stack);
        for (uint32_t k = 0; k < stack->count; k++) {
            const struct stacks_frame *frame = &stack->frames[k];
            fprintf(out, "%s(...)\n\t%s:%" PRId64 "\n", frame->function,
                    frame->file[0] == '\0' ? "?" : frame->file, frame->line);
        }
        before = "\n";
    }
}

/* --- as a profile ----------------------------------------------------------------------------- */

static uint32_t add_frame(struct profile *profile, const struct stacks_frame *frame) {
    struct profile_line line = {
        .function =
            profile_add_function(profile, &(struct profile_function){.name = frame->function,
                                                                     .system_name = frame->function,
                                                                     .file = frame->file}),
        .line = frame->line};
    return line.function == PROFILE_NONE
               ? PROFILE_NONE
               : profile_add_location(profile, &(struct profile_location){.mapping = PROFILE_NONE,
                                                                          .line_count = 1,
                                                                          .lines = &line});
}

/* False when out of memory. */
static bool add_stack(struct profile *profile, const struct stacks_stack *stack) {
    uint32_t *locations = calloc((size_t)stack->count + 1, sizeof(*locations));
    int64_t one = 1;
    bool is_fine = locations != NULL;
    for (uint32_t i = 0; is_fine && i < stack->count; i++) {
        locations[i] = add_frame(profile, &stack->frames[i]);
        is_fine = locations[i] != PROFILE_NONE;
    }
    is_fine = is_fine && profile_add_sample(profile, &(struct profile_sample){
                                                         .depth = stack->count,
                                                         .locations = locations,
                                                         .values = &one,
                                                     }) != PROFILE_NONE;
    free(locations);
    return is_fine;
}

static struct profile *make_profile(const struct stacks *stacks) {
    struct profile *profile = profile_new();
    bool is_fine =
        profile != NULL && profile_add_value_type(profile, "goroutine", "count") != PROFILE_NONE;
    for (uint32_t i = 0; is_fine && i < stacks->count; i++)
        is_fine = stacks->stacks[i].count == 0 || add_stack(profile, &stacks->stacks[i]);
    if (is_fine) {
        profile->period_type = profile->value_types[0];
        profile->period = 1;
        return profile;
    }
    profile_free(profile);
    return NULL;
}

static int write_pprof(const void *profile, int fd, struct error *error) {
    return profile_write_pprof(profile, fd, error);
}

static void print_profile(FILE *out, const void *profile) {
    serve_text_profile(out, profile, "goroutine");
}

/* --- the endpoint ----------------------------------------------------------------------------- */

static serve_result send_profile(const struct serve_call *call, const struct stacks *stacks,
                                 bool is_text) {
    struct profile *profile = make_profile(stacks);
    if (profile == NULL)
        return MHD_NO;
    const serve_result result =
        is_text
            ? serve_printed(call->request, SERVE_TEXT, print_profile, profile)
            : serve_written(call, write_pprof, profile, "goroutine", "failed to collect profile: ");
    profile_free(profile);
    return result;
}

serve_result serve_answer_threads(const struct serve_call *call) {
    const long long debug = serve_number(serve_argument(call, "debug"));
    struct error error = {""};
    struct stacks stacks;
    struct snapshot *snapshot = serve_snapshot(call, &error);
    if (snapshot == NULL || build_stacks(&stacks, snapshot, &error) != 0) {
        snapshot_free(snapshot);
        return serve_failed(call, "failed to collect profile: ", &error);
    }
    const serve_result result =
        debug >= 2 ? serve_printed(call->request, SERVE_TEXT, print_stacks, &stacks)
                   : send_profile(call, &stacks, debug == 1);
    stacks_free(&stacks);
    snapshot_free(snapshot);
    return result;
}
