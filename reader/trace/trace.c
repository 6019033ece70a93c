/* SPDX-License-Identifier: MIT */
/*
 * The words of each lane (see trace.h): from the file of chunks that the segment names, in order,
 * then those that are still in its ring. Both are untrusted.
 */
#include "trace.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "reader/base/utf8.h"

static int out_of_memory(struct error *error) {
    return error_set(error, "out of memory");
}

static struct trace_lane *find_lane(struct trace *trace, uint32_t lane, uint32_t generation) {
    for (uint32_t i = trace->lane_count; i > 0; i--) {
        if (trace->lanes[i - 1].lane == lane && trace->lanes[i - 1].generation == generation)
            return &trace->lanes[i - 1];
    }
    return NULL;
}

static struct trace_lane *add_lane(struct trace *trace, uint32_t lane, uint32_t generation) {
    struct trace_lane *lanes;
    if ((trace->lane_count & (trace->lane_count - 1)) == 0) {
        const size_t larger = trace->lane_count == 0 ? 1 : (size_t)trace->lane_count * 2;
        lanes = reallocarray(trace->lanes, larger, sizeof(*lanes));
        if (lanes == NULL)
            return NULL;
        trace->lanes = lanes;
    }
    trace->lanes[trace->lane_count] = (struct trace_lane){.lane = lane, .generation = generation};
    return &trace->lanes[trace->lane_count++];
}

static void name_lane(struct trace_lane *lane, uint32_t tid, uint32_t kind, const char name[16]) {
    lane->tid = tid;
    lane->kind = kind;
    memcpy(lane->thread_name, name, 16);
    lane->thread_name[16] = '\0';
    utf8_clean(lane->thread_name);
}

static uint64_t *grow(struct trace_lane *lane, uint64_t count) {
    uint64_t *words = reallocarray(lane->words, lane->count + count + 1, sizeof(*words));
    if (words == NULL)
        return NULL;
    lane->words = words;
    lane->count += count;
    return words + lane->count - count;
}

/* --- the file --------------------------------------------------------------------------------- */

static int read_chunk(struct trace *trace, FILE *file, const struct segment_trace_chunk *chunk,
                      uint64_t left, struct error *error) {
    const char *path = trace->snapshot->header.trace.path;
    struct trace_lane *lane = find_lane(trace, chunk->lane, chunk->generation);
    uint64_t *words;
    if (chunk->magic != SEGMENT_TRACE_MAGIC)
        return error_set(error, "%s: damaged: no chunk of a trace", path);
    if (chunk->words > left / sizeof(*words)) /* the process died while it wrote this chunk */
        return 1;
    if (lane == NULL && (lane = add_lane(trace, chunk->lane, chunk->generation)) == NULL)
        return out_of_memory(error);
    name_lane(lane, chunk->tid, chunk->lane_kind, chunk->thread_name);
    words = grow(lane, chunk->words);
    if (words == NULL)
        return out_of_memory(error);
    return fread(words, sizeof(*words), chunk->words, file) == chunk->words
               ? 0
               : error_set(error, "%s: it became shorter while it was read", path);
}

static int read_chunks(struct trace *trace, FILE *file, uint64_t size, struct error *error) {
    struct segment_trace_chunk chunk;
    int result = 0;
    while (result == 0 && size >= sizeof(chunk) && fread(&chunk, sizeof(chunk), 1, file) == 1) {
        size -= sizeof(chunk);
        result = read_chunk(trace, file, &chunk, size, error);
        size -= (uint64_t)chunk.words * sizeof(uint64_t) < size
                    ? (uint64_t)chunk.words * sizeof(uint64_t)
                    : size;
    }
    return result < 0 ? -1 : 0;
}

static int read_file(struct trace *trace, struct error *error) {
    const char *path = trace->snapshot->header.trace.path;
    const int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    struct stat status;
    FILE *file;
    int result;
    if (fd < 0)
        return error_set_errno(error, "cannot open %s, which holds the trace", path);
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        close(fd);
        return error_set(error, "%s: not a regular file", path);
    }
    file = fdopen(fd, "r");
    if (file == NULL) {
        close(fd);
        return out_of_memory(error);
    }
    result = read_chunks(trace, file, (uint64_t)status.st_size, error);
    fclose(file);
    return result;
}

/* --- the rings -------------------------------------------------------------------------------- */

static int add_ring(struct trace *trace, const struct snapshot_lane *from, struct error *error) {
    struct trace_lane *lane = find_lane(trace, from->index, from->info.generation);
    uint64_t *words;
    trace->lost += from->info.trace_lost;
    if (from->trace_count == 0)
        return 0;
    if (lane == NULL && (lane = add_lane(trace, from->index, from->info.generation)) == NULL)
        return out_of_memory(error);
    name_lane(lane, from->info.tid, from->info.kind, from->info.thread_name);
    lane->is_cut = from->trace_is_cut;
    words = grow(lane, from->trace_count);
    if (words == NULL)
        return out_of_memory(error);
    memcpy(words, from->trace, from->trace_count * sizeof(*words));
    return 0;
}

static int fill(struct trace *trace, struct error *error) {
    const struct snapshot *snapshot = trace->snapshot;
    const struct segment_trace *header = &snapshot->header.trace;
    if (header->path[0] == '\0' && header->ring_words == 0)
        return error_set(error, "no trace was recorded: it needs CINSTR_OPTIONS=trace=FILE, or "
                                "trace_ring=MIB");
    trace->lost = header->lost;
    trace->profile = profile_new();
    if (trace->profile == NULL)
        return out_of_memory(error);
    trace->locations = build_locations_new(snapshot, trace->profile, error);
    if (trace->locations == NULL || (header->path[0] != '\0' && read_file(trace, error) != 0))
        return -1;
    for (uint32_t i = 0; i < snapshot->lane_count; i++) {
        if (add_ring(trace, &snapshot->lanes[i], error) != 0)
            return -1;
    }
    return 0;
}

struct trace *trace_new(const struct snapshot *snapshot, struct error *error) {
    struct trace *trace = calloc(1, sizeof(*trace));
    if (trace == NULL) {
        out_of_memory(error);
        return NULL;
    }
    trace->snapshot = snapshot;
    if (fill(trace, error) == 0)
        return trace;
    trace_free(trace);
    return NULL;
}

void trace_free(struct trace *trace) {
    if (trace == NULL)
        return;
    for (uint32_t i = 0; i < trace->lane_count; i++)
        free(trace->lanes[i].words);
    free(trace->lanes);
    if (trace->locations != NULL)
        build_locations_free(trace->locations);
    profile_free(trace->profile);
    free(trace);
}

const struct profile_function *trace_function(const struct trace *trace, uint64_t function) {
    const uint32_t location = build_is_pseudo(function)
                                  ? build_location_pseudo(trace->locations, "[unknown]")
                                  : build_location_entry(trace->locations, function);
    return location == PROFILE_NONE
               ? NULL
               : &trace->profile->functions[trace->profile->locations[location].lines[0].function];
}
