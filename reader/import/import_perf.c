/* SPDX-License-Identifier: MIT */
/*
 * What `perf script` prints:
 *
 *     lua  4711  100.123456:   4000000 cpu-clock:
 *             55d0c0ffee luaV_execute+0x1a (/usr/bin/lua)
 *             55d0c0fed0 main+0x10 (/usr/bin/lua)
 *
 * and a blank line. A name may contain blanks. Inlined frames precede the frame that contains them
 * and say "(inlined)". With -F +srcline a line "file.c:12" follows its frame. Of several events the
 * first is used, and samples of the others are counted. Clock events count nanoseconds.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import_format.h"

struct frame {
    char *function, *object, *file;
    int64_t line;
};

struct perf {
    struct import *import;
    struct import_line line;
    struct index_stack stack;
    struct frame frame; /* read last, and not yet in the stack */
    char event[128];    /* the event that is used; "": none yet */
    bool is_clock;
    bool is_open;  /* a sample of this event is being read */
    bool is_other; /* samples of other events */
    uint64_t period, others;
};

static int bad(const struct perf *perf, struct error *error, const char *why) {
    return import_bad_line(perf->import, &perf->line, error, "%s", why);
}

/* --- a sample's head -------------------------------------------------------------------------- */

struct word {
    const char *text;
    size_t length;
};

static bool next_word(const char **at, const char *end, struct word *word) {
    while (*at < end && **at == ' ')
        (*at)++;
    word->text = *at;
    while (*at < end && **at != ' ')
        (*at)++;
    word->length = (size_t)(*at - word->text);
    return word->length != 0;
}

/* "100.123456:" */
static bool is_time(const struct word *word) {
    const char *at = word->text, *end = at + word->length;
    uint64_t part;
    return import_number(&at, end, 10, &part) && at < end && *at++ == '.' &&
           import_number(&at, end, 10, &part) && at + 1 == end && *at == ':';
}

/* A name that ends with ':', and may contain others: "cycles:u:". */
static bool is_event(const struct word *word) {
    const char first = word->text[0];
    return word->length > 1 && word->text[word->length - 1] == ':' &&
           (first < '0' || first > '9') && memchr(word->text, '\0', word->length) == NULL;
}

/* Finds period and event. After these comes the frame of a sample without a stack. */
static bool read_head(const struct import_line *line, uint64_t *period, struct word *event,
                      const char **rest) {
    const char *at = line->text, *end = at + line->length;
    struct word word, before = {"", 0};
    bool is_past_time = false;
    *period = 1;
    while (next_word(&at, end, &word)) {
        if (is_past_time && is_event(&word)) {
            const char *digits = before.text;
            uint64_t number;
            if (import_number(&digits, before.text + before.length, 10, &number) &&
                digits == before.text + before.length)
                *period = number;
            *event = (struct word){word.text, word.length - 1};
            *rest = at;
            return true;
        }
        is_past_time = is_past_time || is_time(&word);
        before = word;
    }
    return false;
}

static bool is_clock(const struct word *event) {
    static const char *const clocks[] = {"cpu-clock", "task-clock"};
    for (size_t i = 0; i < sizeof(clocks) / sizeof(clocks[0]); i++) {
        const size_t length = strlen(clocks[i]);
        if (event->length >= length && memcmp(event->text, clocks[i], length) == 0 &&
            (event->length == length || event->text[length] == ':'))
            return true;
    }
    return false;
}

static int take_event(struct perf *perf, const struct word *event, struct error *error) {
    struct profile *profile = perf->import->profile;
    char line[192];
    bool is_fine;
    snprintf(perf->event, sizeof(perf->event), "%.*s", (int)event->length, event->text);
    perf->is_clock = is_clock(event);
    if (perf->is_clock) {
        is_fine = import_begin_samples(perf->import, perf->period == 0 ? 1 : perf->period) == 0;
    } else {
        is_fine = import_begin_samples(perf->import, 0) == 0 &&
                  profile_add_value_type(profile, perf->event, "count") != PROFILE_NONE;
    }
    snprintf(line, sizeof(line), "perf's event %s", perf->event);
    return is_fine && profile_add_comment(profile, line) != PROFILE_NONE
               ? 0
               : import_out_of_memory(error);
}

/* --- frames ----------------------------------------------------------------------------------- */

static int push_frame(struct perf *perf) {
    struct frame *frame = &perf->frame;
    uint32_t mapping = PROFILE_NONE;
    int result = 0;
    if (frame->function == NULL)
        return 0;
    if (frame->object[0] != '\0')
        mapping = import_mapping(perf->import->profile, frame->object);
    result = import_push(&perf->stack,
                         import_named_frame(perf->import->profile, mapping, frame->function,
                                            frame->file == NULL ? "" : frame->file, frame->line));
    free(frame->function);
    free(frame->object);
    free(frame->file);
    *frame = (struct frame){NULL, NULL, NULL, 0};
    return result;
}

static const char *trim(const char *begin, const char *end) {
    while (end > begin && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
        end--;
    return end;
}

/* The last "(" after a blank: names have parentheses of their own. */
static const char *find_object(const char *begin, const char *end) {
    for (const char *at = end - 1; at > begin; at--) {
        if (*at == '(' && at[-1] == ' ')
            return at;
    }
    return NULL;
}

/* Cuts the offset off "name+0x1a". */
static const char *end_of_name(const char *begin, const char *end) {
    const char *at = end;
    uint64_t offset;
    do {
        if (at == begin)
            return end;
    } while (*--at != '+');
    const char *digits = at + 3;
    return at > begin && end - at > 3 && at[1] == '0' && at[2] == 'x' &&
                   import_number(&digits, end, 16, &offset) && digits == end
               ? at
               : end;
}

/* "address name+offset (object)" */
static bool read_frame(const char *at, const char *end, struct frame *frame) {
    uint64_t address;
    end = trim(at, end);
    if (!import_number(&at, end, 16, &address) || at == end || *at != ' ')
        return false;
    at++;
    const char *object = at < end && end[-1] == ')' ? find_object(at - 1, end) : NULL;
    const char *stop = trim(at, object == NULL ? end : object);
    const bool is_inlined =
        object != NULL && (size_t)(end - object) == 9 && memcmp(object, "(inlined)", 9) == 0;
    stop = end_of_name(at, stop);
    frame->function = stop == at ? strdup("[unknown]") : strndup(at, (size_t)(stop - at));
    frame->object =
        object == NULL || is_inlined ? strdup("") : strndup(object + 1, (size_t)(end - object) - 2);
    if (frame->function != NULL && frame->object != NULL)
        return true;
    free(frame->function);
    free(frame->object);
    frame->function = frame->object = NULL;
    return false;
}

/* "file.c:12", the line of the frame before. */
static bool read_source(const char *at, const char *end, struct frame *frame) {
    const char *colon;
    uint64_t line;
    end = trim(at, end);
    colon = memrchr(at, ':', (size_t)(end - at));
    if (frame->function == NULL || frame->file != NULL || colon == NULL)
        return false;
    const char *digits = colon + 1;
    if (!import_number(&digits, end, 10, &line) || digits != end || line > INT32_MAX)
        return false;
    frame->file = strndup(at, (size_t)(colon - at));
    frame->line = (int64_t)line;
    return frame->file != NULL;
}

/* --- samples ---------------------------------------------------------------------------------- */

static int finish_sample(struct perf *perf, struct error *error) {
    int64_t values[2] = {1, 0};
    if (!perf->is_open)
        return 0;
    perf->is_open = false;
    if (perf->is_other) {
        perf->others++;
        return 0;
    }
    if (push_frame(perf) != 0)
        return bad(perf, error, "too deep, or out of memory");
    if (perf->stack.depth == 0 &&
        import_push(&perf->stack, import_named_frame(perf->import->profile, PROFILE_NONE,
                                                     "[unknown]", "", 0)) != 0)
        return import_out_of_memory(error);
    values[1] = profile_limited(perf->period);
    return profile_add_sample(perf->import->profile,
                              &(struct profile_sample){.depth = perf->stack.depth,
                                                       .locations = perf->stack.items,
                                                       .values = values}) == PROFILE_NONE
               ? bad(perf, error, "too large a sum, or out of memory")
               : 0;
}

static int begin_sample(struct perf *perf, struct error *error) {
    struct word event;
    const char *rest;
    if (finish_sample(perf, error) != 0)
        return -1;
    if (!read_head(&perf->line, &perf->period, &event, &rest))
        return bad(perf, error, "no sample of perf script: no time, or no event");
    if (perf->event[0] == '\0' && take_event(perf, &event, error) != 0)
        return -1;
    perf->is_other =
        strlen(perf->event) != event.length || memcmp(perf->event, event.text, event.length) != 0;
    perf->is_open = true;
    perf->stack.depth = 0;
    const char *end = perf->line.text + perf->line.length;
    while (rest < end && *rest == ' ')
        rest++;
    if (rest < end && !perf->is_other && !read_frame(rest, end, &perf->frame))
        return bad(perf, error, "no frame behind the event");
    return 0;
}

static int continue_sample(struct perf *perf, struct error *error) {
    const char *at = perf->line.text, *end = at + perf->line.length;
    struct frame frame = {NULL, NULL, NULL, 0};
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    if (!perf->is_open)
        return bad(perf, error, "a frame before any sample");
    if (perf->is_other)
        return 0;
    if (!read_frame(at, end, &frame))
        return read_source(at, end, &perf->frame) ? 0 : bad(perf, error, "no frame");
    if (push_frame(perf) != 0) {
        free(frame.function);
        free(frame.object);
        return bad(perf, error, "too deep, or out of memory");
    }
    perf->frame = frame;
    return 0;
}

/* A name shorter than its column begins with blanks, as frames do. */
static int read_line(struct perf *perf, struct error *error) {
    const char *begin = perf->line.text, *end = begin + perf->line.length;
    struct word event;
    const char *rest;
    uint64_t period;
    if (begin < end && *begin == '#')
        return 0;
    if (trim(begin, end) == begin)
        return finish_sample(perf, error);
    return *begin == '\t' || (*begin == ' ' && !read_head(&perf->line, &period, &event, &rest))
               ? continue_sample(perf, error)
               : begin_sample(perf, error);
}

static bool sniff(const char *data, size_t size) {
    const struct import import = {.data = data, .size = size};
    struct import_line line = {0};
    struct word event;
    const char *rest;
    uint64_t period;
    while (import_next_line(&import, &line)) {
        if (line.length != 0 && line.text[0] != '#')
            return read_head(&line, &period, &event, &rest);
    }
    return false;
}

static int say_others(const struct perf *perf, struct error *error) {
    char line[128];
    if (perf->others == 0)
        return 0;
    snprintf(line, sizeof(line), "%" PRIu64 " samples of other events are left out", perf->others);
    return profile_add_comment(perf->import->profile, line) == PROFILE_NONE
               ? import_out_of_memory(error)
               : 0;
}

static int read_perf(struct import *import, struct error *error) {
    struct perf perf = {.import = import};
    int result = 0;
    while (result == 0 && import_next_line(import, &perf.line))
        result = read_line(&perf, error);
    if (result == 0)
        result = finish_sample(&perf, error);
    if (result == 0 && perf.event[0] == '\0')
        result = bad(&perf, error, "ends without a sample");
    if (result == 0)
        result = say_others(&perf, error);
    free(perf.frame.function);
    free(perf.frame.object);
    free(perf.frame.file);
    free(perf.stack.items);
    return result;
}

const struct import_format import_perf = {"perf", sniff, read_perf};
