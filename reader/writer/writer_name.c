/* SPDX-License-Identifier: MIT */
/* The name that a pattern stands for: see writer_file.h. */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "writer_file.h"

static bool append(char *text, size_t size, const char *more) {
    const size_t used = strlen(text);
    if (used + strlen(more) >= size)
        return false;
    memcpy(text + used, more, strlen(more) + 1);
    return true;
}

/* The text for %LETTER; false: there is none. */
static bool expand_letter(const struct writer_names *names, char letter, char *piece, size_t size) {
    const struct segment_header *header = names->header;
    switch (letter) {
    case 'p':
        snprintf(piece, size, names->namesake == 0 ? "%u" : "%u-%u", header->pid,
                 names->namesake + 1);
        return true;
    case 'e':
        snprintf(piece, size, "%s", header->program);
        return true;
    case 'h':
        return gethostname(piece, size - 1) == 0;
    case '%':
        return true;
    default:
        return false;
    }
}

static bool expand(const struct writer_names *names, const char *pattern, char *path, size_t size,
                   struct error *error) {
    path[0] = '\0';
    for (const char *p = pattern; *p != '\0'; p++) {
        char piece[HOST_NAME_MAX + 1] = {*p, '\0'};
        if (*p == '%' && !expand_letter(names, *++p, piece, sizeof(piece))) {
            error_set(error, "output=%s: only %%p, %%e, %%h and %%%% are known", pattern);
            return false;
        }
        if (!append(path, size, piece)) {
            error_set(error, "output=%s: the name is too long", pattern);
            return false;
        }
    }
    return true;
}

/* A folder gets the profiles of all programs under their usual names. Returns the part to
 * append; "" if it is not a folder. */
static const char *name_in_folder(const char *pattern) {
    static const char usual[] = "/cinstr.%e.%p.pb.gz";
    const size_t length = strlen(pattern);
    struct stat status;
    if (length != 0 && pattern[length - 1] == '/') {
        mkdir(pattern, 0777);
        return usual + 1;
    }
    return stat(pattern, &status) == 0 && S_ISDIR(status.st_mode) ? usual : "";
}

static bool join_kind(const char *kind, char *path, size_t size) {
    static const char ending[] = ".pb.gz";
    const size_t length = strlen(path), tail = sizeof(ending) - 1;
    const bool has_ending = length > tail && strcmp(path + length - tail, ending) == 0;
    char *end = path + length - (has_ending ? tail : 0);
    const size_t left = size - (size_t)(end - path);
    return (size_t)snprintf(end, left, ".%s%s", kind, has_ending ? ending : "") < left;
}

bool writer_name(const struct writer_names *names, const struct writer_request *request, char *path,
                 size_t size, struct error *error) {
    const char *pattern = request->name;
    const char *in_folder = request->how == WRITER_FILE ? "" : name_in_folder(pattern);
    char whole[1024];
    if ((size_t)snprintf(whole, sizeof(whole), "%s%s", pattern, in_folder) < sizeof(whole)) {
        if (!expand(names, whole, path, size, error))
            return false;
        if (request->how != WRITER_BESIDE || join_kind(request->kind, path, size))
            return true;
    }
    error_set(error, "output=%s: the name is too long", pattern);
    return false;
}
