/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes what the server itself makes of a request (libmicrohttpd reads the rest): a Host, an
 * address to listen on, numbers, addresses to be named. Nothing crashes; no stranger's name is let
 * in; text in a page stays text. Built by clang with -fsanitize=fuzzer,address,undefined; corpus in
 * corpus/http.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "http/serve_address.h"
#include "http/serve_call.h"
#include "http/serve_text.h"
#include "require.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_host(const char *text, const struct error *error) {
    struct serve_address address = {.host = "localhost", .port = "6060"};
    char foreign[300];
    snprintf(foreign, sizeof(foreign), "%.200s.evil.example", text);
    require(strchr(text, ':') != NULL || !serve_address_is_host(&address, foreign),
            "a stranger's name is let in", error);
    serve_address_is_host(&address, text);
    require(serve_address_is_host(&address, "LocalHost:1"), "its own name is not let in", error);
}

static void check_address(const char *text) {
    struct serve_address address;
    struct error error = {""};
    char url[512];
    const int result = serve_address_parse(&address, text, &error);
    require((result == 0) == (error.message[0] == '\0'), "an error without words", &error);
    if (result == 0)
        serve_address_url(&address, url, sizeof(url));
}

/* A module that all addresses are in, of a file that is not there. */
static void check_symbols(const char *text, FILE *out) {
    struct segment_module module = {.start = 0, .limit = UINT64_MAX, .path = "/nonexistent"};
    const struct snapshot snapshot = {.modules = &module, .module_count = 1};
    struct error error = {""};
    struct symbols *symbols = symbols_new(&module, 1, &error);
    require(symbols != NULL, "no symbols", &error);
    serve_text_symbols(out, &snapshot, symbols, text);
    symbols_free(symbols);
}

static void check_page(const char *text, const struct error *error) {
    char *page = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&page, &size);
    require(out != NULL, "no memory", error);
    serve_text_html(out, text);
    check_symbols(text, out);
    fclose(out);
    require(memchr(page, '<', size) == NULL, "markup in a page", error);
    free(page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const struct error none = {""};
    char *text = malloc(size + 1);
    require(text != NULL, "no memory", &none);
    memcpy(text, data, size);
    text[size] = '\0';
    check_host(text, &none);
    check_address(text);
    check_page(text, &none);
    serve_number(text);
    free(text);
    return 0;
}
