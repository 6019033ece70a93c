/* SPDX-License-Identifier: MIT */
/* See serve_address.h. */
#include "serve_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { BACKLOG = 64 };

/* --- parsing ---------------------------------------------------------------------------------- */

/* Splits "host:port" or "[host]:port". */
static bool split(const char *text, char *host, size_t host_size, char *port, size_t port_size) {
    const char *colon = strrchr(text, ':');
    size_t length = colon == NULL ? 0 : (size_t)(colon - text);
    if (colon == NULL || strlen(colon + 1) >= port_size)
        return false;
    if (length >= 2 && text[0] == '[' && text[length - 1] == ']') {
        text++;
        length -= 2;
    }
    if (length >= host_size)
        return false;
    memcpy(host, text, length);
    host[length] = '\0';
    strcpy(port, colon + 1);
    return true;
}

static bool is_port(const char *text) {
    unsigned value = 0;
    if (text[0] == '\0' || strlen(text) > 5)
        return false;
    for (; *text >= '0' && *text <= '9'; text++)
        value = value * 10 + (unsigned)(*text - '0');
    return *text == '\0' && value <= 65535;
}

int serve_address_parse(struct serve_address *address, const char *text, struct error *error) {
    *address = (struct serve_address){.path = ""};
    if (strncmp(text, "unix:", 5) == 0) {
        if (text[5] == '\0' || strlen(text + 5) >= sizeof(address->path))
            return error_set(error, "%s: a Unix socket's name has 1 to %zu characters", text,
                             sizeof(address->path) - 1);
        strcpy(address->path, text + 5);
        return 0;
    }
    if (!split(text, address->host, sizeof(address->host), address->port, sizeof(address->port)) ||
        !is_port(address->port))
        return error_set(error, "'%s' is not an address: use HOST:PORT, :PORT or unix:PATH", text);
    if (address->host[0] == '\0')
        strcpy(address->host, "localhost");
    return 0;
}

/* --- listening -------------------------------------------------------------------------------- */

static int listen_unix(const struct serve_address *address, struct error *error) {
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    strcpy(name.sun_path, address->path);
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const mode_t mask = umask(0177); /* this user's alone */
    const bool is_bound = fd >= 0 && bind(fd, (const struct sockaddr *)&name, sizeof(name)) == 0;
    umask(mask);
    if (is_bound && listen(fd, BACKLOG) == 0)
        return fd;
    error_set_errno(error, "cannot listen on %s", address->path);
    if (fd >= 0)
        close(fd);
    return -1;
}

static int open_socket(const struct addrinfo *found) {
    const int on = 1;
    const int fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC, found->ai_protocol);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(fd, found->ai_addr, found->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0)
        return fd;
    close(fd);
    return -1;
}

static void read_port(struct serve_address *address, int fd) {
    struct sockaddr_storage name;
    socklen_t length = sizeof(name);
    if (getsockname(fd, (struct sockaddr *)&name, &length) == 0)
        getnameinfo((const struct sockaddr *)&name, length, NULL, 0, address->port,
                    sizeof(address->port), NI_NUMERICSERV);
}

int serve_address_listen(struct serve_address *address, struct error *error) {
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found;
    int fd = -1;
    if (address->path[0] != '\0')
        return listen_unix(address, error);
    const int code = getaddrinfo(address->host, address->port, &hints, &found);
    if (code != 0)
        return error_set(error, "%s: %s", address->host, gai_strerror(code));
    for (const struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next)
        fd = open_socket(at);
    if (fd < 0)
        error_set_errno(error, "cannot listen on %s:%s", address->host, address->port);
    else
        read_port(address, fd);
    freeaddrinfo(found);
    return fd;
}

void serve_address_url(const struct serve_address *address, char *text, size_t size) {
    const bool is_v6 = strchr(address->host, ':') != NULL;
    if (address->path[0] != '\0')
        snprintf(text, size, "unix:%s", address->path);
    else
        snprintf(text, size, "http://%s%s%s:%s/", is_v6 ? "[" : "", address->host, is_v6 ? "]" : "",
                 address->port);
}

/* --- who is called ---------------------------------------------------------------------------- */

static bool is_literal(const char *host) {
    unsigned char bytes[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, bytes) == 1 || inet_pton(AF_INET6, host, bytes) == 1;
}

static bool ends_with(const char *text, const char *end) {
    const size_t length = strlen(text), tail = strlen(end);
    return length >= tail && strcasecmp(text + length - tail, end) == 0;
}

bool serve_address_is_host(const struct serve_address *address, const char *host) {
    char name[256], port[16];
    if (host == NULL || address->path[0] != '\0')
        return true;
    if (host[0] != '[' ? strchr(host, ':') == NULL : ends_with(host, "]")) {
        if ((size_t)snprintf(name, sizeof(name), "%s", host) >= sizeof(name))
            return false;
        if (name[0] == '[') { /* without a port */
            name[strlen(name) - 1] = '\0';
            memmove(name, name + 1, strlen(name));
        }
    } else if (!split(host, name, sizeof(name), port, sizeof(port))) {
        return false;
    }
    return is_literal(name) || strcasecmp(name, "localhost") == 0 ||
           ends_with(name, ".localhost") || strcasecmp(name, address->host) == 0;
}
