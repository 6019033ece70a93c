/* SPDX-License-Identifier: MIT */
/*
 * Finds segments (see segments.h): in the directories from which runtime/segment/segment_file.c
 * chooses, and the segment of a pid or a program's name.
 */
#include "segments.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "snapshot_copy.h"

void segments_free(struct segments *segments) {
    for (size_t i = 0; i < segments->count; i++) {
        free(segments->entries[i].path);
        free(segments->entries[i].problem);
    }
    free(segments->entries);
    *segments = (struct segments){0};
}

/* --- what lies in the directories ------------------------------------------------------------- */

static struct segments_entry *add_entry(struct segments *segments) {
    if (segments->count == segments->capacity) {
        const size_t larger = segments->capacity == 0 ? 16 : segments->capacity * 2;
        struct segments_entry *entries =
            reallocarray(segments->entries, larger, sizeof(*segments->entries));
        if (entries == NULL)
            return NULL;
        segments->entries = entries;
        segments->capacity = larger;
    }
    struct segments_entry *entry = &segments->entries[segments->count++];
    *entry = (struct segments_entry){.liveness = LIVENESS_UNKNOWN};
    return entry;
}

/* Opens the file without following a link or waiting for a pipe's writer. Returns -1 when it is
 * not a regular file, or is gone. */
static int read_header(int directory, const char *name, struct segments_entry *entry) {
    const int fd = openat(directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct error error;
    struct stat status;
    if (fd < 0)
        return -1;
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return -1;
    }
    const struct snapshot_source source = {
        .fd = fd, .size = (uint64_t)status.st_size, .name = entry->path};
    if (snapshot_read_header(&source, &entry->header, &error) == 0) {
        entry->liveness = liveness_of(&entry->header);
    } else {
        memset(&entry->header, 0, sizeof(entry->header));
        entry->problem = strdup(error.message);
    }
    close(fd);
    return 0;
}

static int scan(struct segments *segments, int directory, const char *path, struct error *error) {
    DIR *stream = fdopendir(directory);
    if (stream == NULL) {
        close(directory);
        return error_set_errno(error, "cannot read %s", path);
    }
    for (const struct dirent *file; (file = readdir(stream)) != NULL;) {
        const char *suffix = strrchr(file->d_name, '.');
        if (suffix == NULL || strcmp(suffix, ".seg") != 0)
            continue;
        struct segments_entry *entry = add_entry(segments);
        if (entry == NULL || asprintf(&entry->path, "%s/%s", path, file->d_name) < 0) {
            closedir(stream);
            return error_set(error, "out of memory");
        }
        if (read_header(dirfd(stream), file->d_name, entry) != 0) {
            free(entry->path);
            segments->count--;
        }
    }
    closedir(stream);
    return 0;
}

/* --- the directories -------------------------------------------------------------------------- */

/* The last directory=... in CINSTR_OPTIONS; false: none. */
static bool directory_of_options(char *path, size_t size) {
    const char *at = getenv("CINSTR_OPTIONS");
    bool found = false;
    while (at != NULL && *at != '\0') {
        const size_t length = strcspn(at, ":");
        if (strncmp(at, "directory=", 10) == 0 && length > 10 && length - 10 < size) {
            snprintf(path, size, "%.*s", (int)(length - 10), at + 10);
            found = true;
        }
        at += length + (at[length] == ':');
    }
    return found;
}

struct place {
    char path[512];
    dev_t device;
    ino_t inode;
};

/* A directory of another user holds nothing of ours, whatever its name. */
static int scan_own(struct segments *segments, struct place *places, size_t index,
                    struct error *error) {
    struct place *place = &places[index];
    const int fd = open(place->path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct stat status;
    if (fd < 0)
        return 0;
    bool skip = fstat(fd, &status) != 0 || status.st_uid != geteuid();
    for (size_t i = 0; !skip && i < index; i++)
        skip = places[i].device == status.st_dev && places[i].inode == status.st_ino;
    if (skip) {
        close(fd);
        return 0;
    }
    place->device = status.st_dev;
    place->inode = status.st_ino;
    return scan(segments, fd, place->path, error);
}

static int scan_usual(struct segments *segments, struct error *error) {
    const char *runtime_directory = getenv("XDG_RUNTIME_DIR");
    const unsigned user = (unsigned)geteuid();
    struct place places[5] = {{.path = ""}};
    size_t count = 0;
    if (directory_of_options(places[0].path, sizeof(places[0].path)))
        count++;
    if (runtime_directory != NULL && runtime_directory[0] == '/')
        snprintf(places[count++].path, sizeof(places[0].path), "%s/cinstr", runtime_directory);
    /* The directory that a login session would have, if this is not one. */
    snprintf(places[count++].path, sizeof(places[0].path), "/run/user/%u/cinstr", user);
    snprintf(places[count++].path, sizeof(places[0].path), "/dev/shm/cinstr-%u", user);
    snprintf(places[count++].path, sizeof(places[0].path), "/tmp/cinstr-%u", user);
    for (size_t i = 0; i < count; i++) {
        if (scan_own(segments, places, i, error) != 0)
            return -1;
    }
    return 0;
}

static int compare_age(const void *left, const void *right) {
    const struct segments_entry *a = left, *b = right;
    if (a->header.start_realtime_ns != b->header.start_realtime_ns)
        return a->header.start_realtime_ns < b->header.start_realtime_ns ? -1 : 1;
    return strcmp(a->path, b->path);
}

int segments_find(struct segments *segments, const char *directory, struct error *error) {
    int result;
    *segments = (struct segments){0};
    if (directory == NULL) {
        result = scan_usual(segments, error);
    } else {
        const int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        result = fd < 0 ? error_set_errno(error, "cannot open directory %s", directory)
                        : scan(segments, fd, directory, error);
    }
    if (result != 0) {
        segments_free(segments);
        return -1;
    }
    if (segments->count != 0)
        qsort(segments->entries, segments->count, sizeof(*segments->entries), compare_age);
    return 0;
}

/* --- one of them ------------------------------------------------------------------------------ */

bool segments_has_ended(const struct segments_entry *entry) {
    return entry->problem == NULL && entry->liveness == LIVENESS_DEAD;
}

const char *segments_state(const struct segments_entry *entry) {
    const uint32_t state = entry->header.state;
    if (entry->problem != NULL)
        return "unreadable";
    if (entry->liveness == LIVENESS_DEAD)
        return state == SEGMENT_EXITED ? "exited" : "died";
    if (entry->liveness == LIVENESS_UNKNOWN)
        return "elsewhere";
    if (state == SEGMENT_EXITED)
        return "exiting";
    return state == SEGMENT_LIVE ? "running" : "starting";
}

static bool is_same_process(const struct segment_header *a, const struct segment_header *b) {
    return a->pid == b->pid && a->process_start == b->process_start &&
           a->pid_namespace == b->pid_namespace &&
           memcmp(a->boot_id, b->boot_id, sizeof(a->boot_id)) == 0;
}

/* The segments of a pid, or of a program if that is not NULL: of processes that may be running,
 * or if there are none, of others. A process that became another program by exec may have
 * several. */
struct selection {
    uint32_t pid;
    const char *program;
    bool running;
    size_t count; /* number of processes */
    const struct segments_entry *newest;
    char pids[128];
};

static bool is_wanted(const struct selection *selection, const struct segments_entry *entry) {
    if (entry->problem != NULL || (entry->liveness != LIVENESS_DEAD) != selection->running)
        return false;
    return selection->program != NULL ? strcmp(entry->header.program, selection->program) == 0
                                      : entry->header.pid == selection->pid;
}

static void list_pid(struct selection *selection, uint32_t pid) {
    const size_t used = strlen(selection->pids);
    const char *before = selection->count == 0 ? "" : ", ";
    if (used + 24 < sizeof(selection->pids))
        snprintf(selection->pids + used, sizeof(selection->pids) - used, "%s%u", before, pid);
    else if (selection->pids[used - 1] != '.')
        strcat(selection->pids, ", ...");
}

static void select_group(struct selection *selection, const struct segments *segments,
                         bool running) {
    selection->running = running;
    for (size_t i = 0; i < segments->count; i++) {
        const struct segments_entry *entry = &segments->entries[i];
        if (!is_wanted(selection, entry))
            continue;
        const struct segments_entry *before = selection->newest;
        selection->newest = entry;
        if (before != NULL && is_same_process(&before->header, &entry->header))
            continue;
        list_pid(selection, entry->header.pid);
        selection->count++;
    }
}

static void select_entries(struct selection *selection, const struct segments *segments) {
    select_group(selection, segments, true);
    if (selection->count == 0)
        select_group(selection, segments, false);
}

const struct segments_entry *segments_by_pid(const struct segments *segments, uint32_t pid,
                                             struct error *error) {
    struct selection selection = {.pid = pid};
    select_entries(&selection, segments);
    if (selection.count == 0) {
        error_set(error,
                  "no segment of a process %u: it is not instrumented, not this user's, or has "
                  "written its profile and ended; `cinstr ps` lists what there is",
                  pid);
        return NULL;
    }
    if (selection.count > 1 && selection.running) {
        error_set(error,
                  "%u is a pid in several pid namespaces: give a segment that `cinstr ps` "
                  "lists, as %s",
                  pid, selection.newest->path);
        return NULL;
    }
    if (liveness_is_reused(&selection.newest->header)) {
        error_set(error, "process %u is not recorded; an earlier one of that pid, %s, has left %s",
                  pid, selection.newest->header.program, selection.newest->path);
        return NULL;
    }
    return selection.newest;
}

const struct segments_entry *segments_by_program(const struct segments *segments,
                                                 const char *program, struct error *error) {
    struct selection selection = {.program = program};
    select_entries(&selection, segments);
    if (selection.count == 1)
        return selection.newest;
    if (selection.count == 0)
        error_set(error,
                  "no such file, and no process of a program '%s' is recorded; `cinstr ps` lists "
                  "those that are",
                  program);
    else
        error_set(error, "%zu processes of '%s' %s: give a pid, one of %s", selection.count,
                  program, selection.running ? "run" : "have ended", selection.pids);
    return NULL;
}

/* Processes that were given the same name for their traces share the file. */
static bool is_chunks_of_another(const struct segments *segments, const char *chunks) {
    for (size_t i = 0; i < segments->count; i++) {
        const struct segments_entry *entry = &segments->entries[i];
        if (!segments_has_ended(entry) && strcmp(entry->header.trace.path, chunks) == 0)
            return true;
    }
    return false;
}

/* The name comes from the segment; so the file is deleted only if it looks like chunks of ours. */
static bool is_chunks(const char *path) {
    const char *suffix = strrchr(path, '.');
    const int fd = suffix == NULL || strcmp(suffix, ".chunks") != 0
                       ? -1
                       : open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    uint32_t magic = SEGMENT_TRACE_MAGIC;
    struct stat status;
    bool result;
    if (fd < 0)
        return false;
    result = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
             (status.st_size == 0 || (pread(fd, &magic, sizeof(magic), 0) == sizeof(magic) &&
                                      magic == SEGMENT_TRACE_MAGIC));
    close(fd);
    return result;
}

int segments_remove(const struct segments *segments, const struct segments_entry *entry,
                    struct error *error) {
    const char *chunks = entry->header.trace.path;
    if (!segments_has_ended(entry))
        return error_set(error, "%s: its process may still exist", entry->path);
    if (unlink(entry->path) != 0)
        return error_set_errno(error, "cannot remove %s", entry->path);
    if (is_chunks(chunks) && !is_chunks_of_another(segments, chunks) && unlink(chunks) != 0)
        return error_set_errno(error, "cannot remove %s", chunks);
    return 0;
}
