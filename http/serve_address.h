/* SPDX-License-Identifier: MIT */
/*
 * Where the server listens, and by which names it may be called. Called by whoever starts the
 * server, and by serve_http.c.
 */
#ifndef CINSTR_HTTP_SERVE_ADDRESS_H
#define CINSTR_HTTP_SERVE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "reader/base/error.h"

struct serve_address {
    char host[256]; /* as it was given; "localhost" if none was */
    char port[16];
    char path[108]; /* path of a Unix socket; "" none */
};

/* Parses "localhost:6060", "127.0.0.1:0", "[::1]:6060", ":6060" (this machine alone),
 * "unix:/path". */
int serve_address_parse(struct serve_address *address, const char *text, struct error *error);

/* Opens a listening socket; if the port was 0, `address` receives the real one. -1 with `error`
 * filled. */
int serve_address_listen(struct serve_address *address, struct error *error);

/* "http://localhost:6060/", or the Unix socket's name. */
void serve_address_url(const struct serve_address *address, char *text, size_t size);

/* Whether a request's Host is one of ours: an address, this machine's own name, or the name that
 * the server was given. Any other may be the name of a web page that resolves to this machine
 * (DNS rebinding). NULL: the request has no Host, as programs send it. */
bool serve_address_is_host(const struct serve_address *address, const char *host);

#endif
