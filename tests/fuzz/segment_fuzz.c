/* SPDX-License-Identifier: MIT */
/*
 * Fuzzes what reads segments: a valid one is damaged in the places that the input names, and cut
 * off where it says. Whatever comes of it is refused with one line, or read, verified, made a
 * profile of, written and read again. An input is a byte of flags and patches of 12 bytes:
 *   0      which part (header, modules, lanes, labels, blocks, nodes, columns, frames, rings)
 *   1      what is done: a word of 8 or 4 bytes set or added to, a byte set, the end cut off
 *   2-3    where in the part, in words of 4 bytes
 *   4-11   the value
 * Built by clang with -fsanitize=fuzzer,address,undefined; corpus in corpus/segment.
 */
#include <inttypes.h>

#include "reader/snapshot/liveness.h"
#include "segment_examine.h"
#include "segment_sample.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum flag { FLAG_LIVE = 1, FLAG_BY_THREAD = 2 };
enum action { SET_8, SET_4, ADD_8, ADD_4, SET_1, CUT, ACTIONS };

struct patch {
    uint8_t part, action;
    uint16_t at;
    uint32_t value[2];
};
_Static_assert(sizeof(struct patch) == 12, "as the head of this file says");

struct part {
    size_t start, size;
};

#define PART(first, last)                                                                          \
    {                                                                                              \
        offsetof(struct segment_sample, first),                                                    \
            offsetof(struct segment_sample, last) - offsetof(struct segment_sample, first)         \
    }

static const struct part parts[] = {
    {0, sizeof(struct segment_header)},
    PART(modules, lanes),
    PART(lanes, labels),
    PART(labels, blocks),
    PART(blocks, nodes),
    PART(nodes, scalars),
    PART(scalars, frames),
    {offsetof(struct segment_sample, frames), 1024},
    {offsetof(struct segment_sample, traces), 512},
};

/* So that it passes for one of this very process, running. */
static void make_live(struct segment_header *header) {
    char text[64] = "", *digit = text;
    FILE *file = fopen("/proc/sys/kernel/random/boot_id", "re");
    examine_require(file != NULL && fgets(text, sizeof(text), file) != NULL, "boot id", "unknown");
    fclose(file);
    for (int i = 0; i < 16; i++) {
        unsigned byte = 0;
        digit += *digit == '-';
        examine_require(sscanf(digit, "%2x", &byte) == 1, "boot id", "strange");
        header->boot_id[i] = (uint8_t)byte;
        digit += 2;
    }
    file = fopen("/proc/self/stat", "re");
    examine_require(file != NULL && fscanf(file,
                                           "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u "
                                           "%*u %*u %*u %*d %*d %*d %*d %*d %*d %" SCNu64,
                                           &header->process_start) == 1,
                    "start time", "unknown");
    fclose(file);
    header->pid = (uint32_t)getpid();
    examine_require(liveness_of(header) == LIVENESS_ALIVE, "its own process", "not alive");
}

static void apply(struct segment_sample *sample, const struct patch *patch, size_t *size) {
    const struct part *part = &parts[patch->part % (sizeof(parts) / sizeof(parts[0]))];
    const size_t at = patch->at * (size_t)4 % (part->size - 8);
    unsigned char *to = (unsigned char *)sample + part->start + at;
    uint64_t value, old;
    memcpy(&value, patch->value, sizeof(value));
    memcpy(&old, to, sizeof(old));
    switch ((enum action)(patch->action % ACTIONS)) {
    case SET_8:
        memcpy(to, &value, 8);
        break;
    case SET_4:
        memcpy(to, &value, 4);
        break;
    case ADD_8:
        old += value;
        memcpy(to, &old, 8);
        break;
    case ADD_4:
        old += value;
        memcpy(to, &old, 4);
        break;
    case SET_1:
        to[value % 4] = (unsigned char)(value >> 8);
        break;
    case CUT:
    case ACTIONS:
        *size = part->start + at;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static struct segment_sample valid, live;
    const uint8_t flags = size == 0 ? 0 : data[0];
    size_t length = sizeof(valid);
    struct patch patch;
    if (valid.header.magic == 0) {
        sample_fill(&valid);
        live = valid;
        make_live(&live.header);
    }
    struct segment_sample *sample = malloc(sizeof(*sample));
    examine_require(sample != NULL, "no memory", "");
    *sample = flags & FLAG_LIVE ? live : valid;
    for (size_t at = 1; at + sizeof(patch) <= size; at += sizeof(patch)) {
        memcpy(&patch, data + at, sizeof(patch));
        apply(sample, &patch, &length);
    }
    /* In memory of just this size, so that the sanitizer sees each step beyond. */
    unsigned char *segment = realloc(sample, length + (length == 0));
    examine_require(segment != NULL, "no memory", "");
    const bool is_accepted = examine_segment(segment, length, flags & FLAG_BY_THREAD);
    examine_require(is_accepted || size > sizeof(patch), "the valid segment", "refused");
    free(segment);
    return 0;
}
