/* SPDX-License-Identifier: MIT */
/*
 * See source.h. A number is always a pid. Anything else is a file if there is one of that name and
 * it is not a program itself; else it is the name of a program.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/base/input.h"
#include "cli/print/text.h"
#include "reader/snapshot/segments.h"

enum content { CONTENT_PROFILE, CONTENT_SEGMENT, CONTENT_PROGRAM };

static bool ends_with(const char *text, const char *end) {
    const size_t length = strlen(text), end_length = strlen(end);
    return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Whether the word cannot be the name of a program. */
static bool is_file_name(const char *text) {
    static const char *const endings[] = {".gz", ".pb", ".pprof", ".prof", ".seg"};
    for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
        if (ends_with(text, endings[i]))
            return true;
    }
    return false;
}

/* Decides by the first bytes. Those of a pipe cannot be looked at: it is taken for a profile. */
static enum content look_at(int fd, const char *name) {
    const uint64_t magic = SEGMENT_MAGIC;
    unsigned char head[sizeof(magic)] = {0};
    const ssize_t got = pread(fd, head, sizeof(head), 0);
    if ((got == sizeof(head) && memcmp(head, &magic, sizeof(magic)) == 0) ||
        ends_with(name, ".seg"))
        return CONTENT_SEGMENT;
    return got >= 4 && memcmp(head, "\177ELF", 4) == 0 ? CONTENT_PROGRAM : CONTENT_PROFILE;
}

static int open_file(struct source *source, const char *path, struct error *error) {
    snprintf(source->name, sizeof(source->name), "%s", input_name(path));
    source->fd = input_open(path, error);
    return source->fd < 0 ? -1 : 0;
}

static int open_segment(struct source *source, const char *text, const char *directory,
                        struct error *error) {
    struct segments segments;
    const struct segments_entry *entry;
    uint64_t pid;
    int result = -1;
    if (segments_find(&segments, directory, error) != 0)
        return -1;
    if (parse_number(text, 1, UINT32_MAX, &pid))
        entry = segments_by_pid(&segments, (uint32_t)pid, error);
    else
        entry = segments_by_program(&segments, text, error);
    if (entry != NULL)
        result = open_file(source, entry->path, error);
    source->is_segment = true;
    segments_free(&segments);
    return result;
}

int source_open(struct source *source, const char *text, const char *directory,
                struct error *error) {
    *source = (struct source){.fd = -1};
    if (strcmp(text, "-") == 0)
        return open_file(source, text, error);
    if (text[0] != '\0' && text[strspn(text, "0123456789")] == '\0')
        return open_segment(source, text, directory, error);
    if (strchr(text, '/') == NULL && !is_file_name(text) && access(text, F_OK) != 0 &&
        errno == ENOENT)
        return open_segment(source, text, directory, error);
    if (open_file(source, text, error) != 0)
        return -1;
    const enum content content = look_at(source->fd, text);
    source->is_segment = content == CONTENT_SEGMENT;
    if (content != CONTENT_PROGRAM)
        return 0;
    source_close(source);
    return open_segment(source, text_base_name(text), directory, error);
}

void source_close(struct source *source) {
    if (source->fd >= 0)
        close(source->fd);
    source->fd = -1;
}

struct snapshot *source_snapshot(const struct source *source, const char *command,
                                 struct error *error) {
    if (source->is_segment)
        return snapshot_read_fd(source->fd, source->name, error);
    error_set(error, "%s: `%s` needs a process or its segment, not a profile", source->name,
              command);
    return NULL;
}

struct profile *source_profile(const struct source *source, const struct build_options *options,
                               struct error *error) {
    struct snapshot *snapshot;
    struct profile *profile;
    if (!source->is_segment) {
        if (options->baseline_seconds == 0)
            return profile_read_pprof(source->fd, source->name, error);
        error_set(error, "%s: a profile's times are settled: --baseline is for segments",
                  source->name);
        return NULL;
    }
    snapshot = snapshot_read_fd(source->fd, source->name, error);
    if (snapshot == NULL)
        return NULL;
    profile = build_profile(snapshot, options, error);
    snapshot_free(snapshot);
    return profile;
}

int source_use(const char *text, const char *directory, const struct build_options *options,
               source_user *use, const void *context, struct error *error) {
    struct source source;
    int result = -1;
    if (source_open(&source, text, directory, error) != 0)
        return -1;
    struct profile *profile = source_profile(&source, options, error);
    if (profile != NULL) {
        result = use(context, profile, error);
        if (result != 0)
            error_prefix(error, "%s", source.name);
    }
    profile_free(profile);
    source_close(&source);
    return result;
}
