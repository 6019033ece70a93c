/* SPDX-License-Identifier: MIT */
/* See source_text.h. */
#include "source_text.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MOST_BYTES = 64 << 20 };

int source_paths_add(struct source_paths *paths, const char *directory, struct error *error) {
    const char **larger =
        reallocarray(paths->directories, (size_t)paths->count + 1, sizeof(*larger));
    if (larger == NULL)
        return error_set(error, "out of memory");
    paths->directories = larger;
    paths->directories[paths->count++] = directory;
    return 0;
}

void source_paths_free(struct source_paths *paths) {
    free(paths->directories);
    *paths = (struct source_paths){0};
}

/* --- reading ---------------------------------------------------------------------------------- */

static char *read_all(int fd, size_t size) {
    char *text = malloc(size + 1);
    size_t length = 0;
    while (text != NULL && length < size) {
        const ssize_t got = read(fd, text + length, size - length);
        if (got <= 0)
            break;
        length += (size_t)got;
    }
    if (text != NULL)
        text[length] = '\0';
    return text;
}

/* A NUL in the file ends it. */
static bool split(struct source_text *source) {
    uint32_t lines = 1;
    for (const char *at = source->text; (at = strchr(at, '\n')) != NULL; at++)
        lines++;
    source->lines = reallocarray(NULL, lines, sizeof(*source->lines));
    if (source->lines == NULL)
        return false;
    for (char *at = source->text; at != NULL && *at != '\0';) {
        source->lines[source->count++] = at;
        at = strchr(at, '\n');
        if (at != NULL)
            *at++ = '\0';
    }
    return true;
}

static bool read_path(struct source_text *source) {
    struct stat status;
    const int fd = open(source->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return false;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size <= MOST_BYTES)
        source->text = read_all(fd, (size_t)status.st_size);
    close(fd);
    if (source->text == NULL || !split(source)) {
        free(source->text);
        source->text = NULL;
        return false;
    }
    source->changed_ns = status.st_mtim.tv_sec * INT64_C(1000000000) + status.st_mtim.tv_nsec;
    return true;
}

/* --- finding ---------------------------------------------------------------------------------- */

static bool read_joined(struct source_text *source, const char *directory, size_t size,
                        const char *file) {
    const int length =
        snprintf(source->path, sizeof(source->path), "%.*s/%s", (int)size, directory, file);
    return length > 0 && (size_t)length < sizeof(source->path) && read_path(source);
}

/* Below a directory: by all of the path, then without its first folder, and so on. */
static bool read_below(struct source_text *source, const char *directory, size_t size,
                       const char *file) {
    while (file != NULL) {
        file += strspn(file, "/");
        if (read_joined(source, directory, size, file))
            return true;
        file = strchr(file, '/');
    }
    return false;
}

bool source_text_read(struct source_text *source, const char *file, const char *program,
                      const struct source_paths *paths) {
    const char *slash = strrchr(program, '/');
    *source = (struct source_text){0};
    if (file[0] == '\0')
        return false;
    for (uint32_t i = 0; i < paths->count; i++) {
        if (read_below(source, paths->directories[i], strlen(paths->directories[i]), file))
            return true;
    }
    const int length = snprintf(source->path, sizeof(source->path), "%s", file);
    if (length > 0 && (size_t)length < sizeof(source->path) && read_path(source))
        return true;
    return slash != NULL && read_below(source, program, (size_t)(slash - program), file);
}

void source_text_free(struct source_text *source) {
    free(source->text);
    free(source->lines);
    source->text = NULL;
    source->lines = NULL;
    source->count = 0;
}

const char *source_text_line(const struct source_text *source, uint32_t line) {
    return line == 0 || line > source->count ? NULL : source->lines[line - 1];
}
