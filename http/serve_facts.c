/* SPDX-License-Identifier: MIT */
/* Facts on a process besides its profiles: its command line, names of addresses. */
#include <string.h>

#include "reader/symbols/symbols.h"
#include "serve_call.h"
#include "serve_text.h"

serve_result serve_answer_cmdline(const struct serve_call *call) {
    struct error error = {""};
    struct snapshot *snapshot = serve_snapshot(call, &error);
    if (snapshot == NULL)
        return serve_failed(call, "", &error);
    const char *line = snapshot->header.command_line;
    size_t size = sizeof(snapshot->header.command_line);
    while (size > 0 && line[size - 1] == '\0')
        size--;
    const serve_result result =
        serve_reply_text(call->request, MHD_HTTP_OK, SERVE_TEXT, line, size);
    snapshot_free(snapshot);
    return result;
}

/* The query is not a list of parameters but of addresses: the first key, whatever its value. */
static enum MHD_Result take_key(void *context, enum MHD_ValueKind kind, const char *key,
                                const char *value) {
    const char **addresses = context;
    (void)kind;
    (void)value;
    *addresses = key;
    return MHD_NO;
}

struct lookup {
    const struct snapshot *snapshot;
    struct symbols *symbols;
    const char *addresses;
};

static void print_symbols(FILE *out, const void *context) {
    const struct lookup *lookup = context;
    serve_text_symbols(out, lookup->snapshot, lookup->symbols, lookup->addresses);
}

serve_result serve_answer_symbol(const struct serve_call *call) {
    const bool is_post = strcmp(call->request->method, "POST") == 0;
    struct lookup lookup = {.addresses = is_post ? call->request->body : ""};
    struct error error = {""};
    if (!is_post)
        MHD_get_connection_values(call->request->connection, MHD_GET_ARGUMENT_KIND, take_key,
                                  &lookup.addresses);
    struct snapshot *snapshot = serve_snapshot(call, &error);
    if (snapshot == NULL)
        return serve_failed(call, "", &error);
    lookup.snapshot = snapshot;
    lookup.symbols = symbols_new(snapshot->modules, snapshot->module_count, &error);
    const serve_result result =
        lookup.symbols == NULL ? serve_failed(call, "", &error)
                               : serve_printed(call->request, SERVE_TEXT, print_symbols, &lookup);
    if (lookup.symbols != NULL)
        symbols_free(lookup.symbols);
    snapshot_free(snapshot);
    return result;
}
