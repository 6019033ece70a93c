/* SPDX-License-Identifier: MIT */
/* See serve_call.h. */
#include "serve_call.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "reader/build/build_profile.h"

const char *serve_argument(const struct serve_call *call, const char *name) {
    const char *value =
        MHD_lookup_connection_value(call->request->connection, MHD_GET_ARGUMENT_KIND, name);
    return value == NULL ? "" : value;
}

long long serve_number(const char *text) {
    char *end;
    errno = 0;
    const long long value = strtoll(text, &end, 10);
    return errno != 0 || end == text || *end != '\0' ? 0 : value;
}

struct snapshot *serve_snapshot(const struct serve_call *call, struct error *error) {
    const struct serve *serve = call->request->serve;
    if (serve->segment == NULL)
        return snapshot_read_fd(call->fd, call->name, error);
    serve->refresh();
    return snapshot_from_memory(serve->segment, serve->segment_size, "this process", error);
}

struct profile *serve_profile(const struct serve_call *call, const char *kind,
                              struct error *error) {
    struct snapshot *snapshot = serve_snapshot(call, error);
    struct profile *profile = NULL;
    if (snapshot != NULL)
        profile = build_profile(snapshot, &(struct build_options){.kind = kind}, error);
    snapshot_free(snapshot);
    return profile;
}

serve_result serve_failed(const struct serve_call *call, const char *words,
                          const struct error *error) {
    return serve_reply_error(call->request, MHD_HTTP_INTERNAL_SERVER_ERROR, "%s%s", words,
                             error->message);
}

serve_result serve_written(const struct serve_call *call, serve_writer *write, const void *what,
                           const char *name, const char *words) {
    struct error error = {""};
    const int fd = memfd_create("cinstr-serve", MFD_CLOEXEC);
    if (fd >= 0 && write(what, fd, &error) == 0)
        return serve_reply_file(call->request, fd, SERVE_BINARY, name);
    if (fd < 0)
        error_set_errno(&error, "no memory for the answer");
    else
        close(fd);
    return serve_failed(call, words, &error);
}

serve_result serve_printed(struct serve_request *request, const char *type, serve_printer *print,
                           const void *context) {
    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    if (out == NULL)
        return MHD_NO;
    print(out, context);
    const bool is_whole = fclose(out) == 0;
    const serve_result result =
        is_whole ? serve_reply_text(request, MHD_HTTP_OK, type, text, size) : MHD_NO;
    free(text);
    return result;
}
