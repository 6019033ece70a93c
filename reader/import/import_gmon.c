/* SPDX-License-Identifier: MIT */
/*
 * gprof's gmon.out, of a 64-bit program: a histogram of program counters, and the numbers of calls
 * by caller and callee. It has no stacks: samples have one frame, calls two, and what pprof adds up
 * for callers is not their time. Format: glibc, sysdeps/gnu/sys/gmon_out.h.
 */
#include <inttypes.h>
#include <string.h>

#include "import_format.h"

enum { TAG_HISTOGRAM, TAG_ARC, TAG_BLOCKS };
enum { SAMPLES, CPU, CALLS, VALUES };

#define HEADER_SIZE    20u
#define HISTOGRAM_SIZE 40u /* size without its bins */
#define ARC_SIZE       20u

struct gmon {
    struct import *import;
    struct import_modules modules;
    size_t at;
    uint64_t period_ns;
};

static bool sniff(const char *data, size_t size) {
    return size >= HEADER_SIZE && memcmp(data, "gmon", 4) == 0;
}

static int cut_off(const struct gmon *gmon, struct error *error) {
    return error_set(error, "%s: byte %zu: cut off, or not of a 64-bit program", gmon->import->name,
                     gmon->at);
}

static uint64_t word_at(const struct gmon *gmon, size_t offset, size_t size) {
    uint64_t word = 0;
    memcpy(&word, gmon->import->data + gmon->at + offset, size);
    return word;
}

static bool has(const struct gmon *gmon, size_t size) {
    return size <= gmon->import->size - gmon->at;
}

static int add(struct gmon *gmon, const uint64_t *addresses, uint32_t depth,
               const int64_t values[VALUES], struct error *error) {
    struct profile *profile = gmon->import->profile;
    uint32_t locations[2];
    for (uint32_t i = 0; i < depth; i++) {
        locations[i] = import_address(&gmon->modules, profile, addresses[i]);
        if (locations[i] == PROFILE_NONE)
            return import_out_of_memory(error);
    }
    return profile_add_sample(profile, &(struct profile_sample){.depth = depth,
                                                                .locations = locations,
                                                                .values = (int64_t *)values}) ==
                   PROFILE_NONE
               ? error_set(error, "%s: byte %zu: too large a number", gmon->import->name, gmon->at)
               : 0;
}

static int begin_values(struct gmon *gmon, uint64_t rate, struct error *error) {
    struct profile *profile = gmon->import->profile;
    const uint64_t period_ns = rate == 0 || rate > 1000000 ? 0 : 1000000000 / rate;
    if (period_ns == 0)
        return error_set(error, "%s: its rate of %" PRIu64 " in a second cannot be",
                         gmon->import->name, rate);
    if (gmon->period_ns != 0)
        return period_ns == gmon->period_ns
                   ? 0
                   : error_set(error, "%s: histograms of different rates", gmon->import->name);
    gmon->period_ns = period_ns;
    return import_begin_samples(gmon->import, period_ns) != 0 ||
                   profile_add_value_type(profile, "calls", "count") == PROFILE_NONE ||
                   profile_add_comment(profile,
                                       "gmon.out has no stacks: a function's own numbers "
                                       "are right, what callers add up is not") == PROFILE_NONE
               ? import_out_of_memory(error)
               : 0;
}

/* A bin counts for the function that contains its first byte; functions begin at multiples of
 * the bins' size. */
static int read_histogram(struct gmon *gmon, struct error *error) {
    if (!has(gmon, HISTOGRAM_SIZE))
        return cut_off(gmon, error);
    const uint64_t low = word_at(gmon, 0, 8), high = word_at(gmon, 8, 8);
    const uint64_t count = word_at(gmon, 16, 4), rate = word_at(gmon, 20, 4);
    int result = 0;

    gmon->at += HISTOGRAM_SIZE;
    if (count == 0 || high <= low || count > (high - low) || !has(gmon, count * 2))
        return cut_off(gmon, error);
    result = begin_values(gmon, rate, error);
    for (uint64_t i = 0; i < count && result == 0; i++) {
        const int64_t samples = (int64_t)word_at(gmon, i * 2, 2);
        const int64_t values[VALUES] = {samples, samples * (int64_t)gmon->period_ns, 0};
        const uint64_t address =
            low + (uint64_t)((double)i * ((double)(high - low) / (double)count));
        if (samples != 0)
            result = add(gmon, &address, 1, values, error);
    }
    gmon->at += count * 2;
    return result;
}

/* The caller is found by its return address, the callee by an address inside it. */
static int read_arc(struct gmon *gmon, struct error *error) {
    if (!has(gmon, ARC_SIZE))
        return cut_off(gmon, error);
    const uint64_t from = word_at(gmon, 0, 8), self = word_at(gmon, 8, 8);
    const uint64_t addresses[2] = {self, from == 0 ? 0 : from - 1};
    const int64_t values[VALUES] = {0, 0, (int64_t)word_at(gmon, 16, 4)};

    gmon->at += ARC_SIZE;
    if (gmon->period_ns == 0)
        return error_set(error, "%s: calls without a histogram before them", gmon->import->name);
    return add(gmon, addresses, 2, values, error);
}

static int read_records(struct gmon *gmon, struct error *error) {
    int result = 0;
    gmon->at = HEADER_SIZE;
    while (result == 0 && gmon->at < gmon->import->size) {
        const unsigned tag = (unsigned char)gmon->import->data[gmon->at++];
        if (tag == TAG_HISTOGRAM)
            result = read_histogram(gmon, error);
        else if (tag == TAG_ARC)
            result = read_arc(gmon, error);
        else
            result = error_set(error, "%s: byte %zu: a record of kind %u, which is not known",
                               gmon->import->name, gmon->at - 1, tag);
    }
    return result == 0 && gmon->period_ns == 0 ? cut_off(gmon, error) : result;
}

static int read_gmon(struct import *import, struct error *error) {
    struct gmon gmon = {.import = import};
    int result = 0;
    if (import->binary == NULL)
        return error_set(error, "%s: it does not say of which program it is: give --binary FILE",
                         import->name);
    if (!sniff(import->data, import->size))
        return cut_off(&gmon, error);
    result = import_add_binary(&gmon.modules, import->binary, error);
    if (result == 0)
        result = import_open_modules(&gmon.modules, import->profile, error);
    if (result == 0)
        result = read_records(&gmon, error);
    import_free_modules(&gmon.modules);
    return result;
}

const struct import_format import_gmon = {"gmon", sniff, read_gmon};
