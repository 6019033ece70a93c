/* SPDX-License-Identifier: MIT */
/*
 * callgrind's files: exact costs of each line of a function, and calls by caller and callee with
 * their inclusive costs. They have no stacks: samples have one frame with its own cost, calls two
 * frames with their number alone. Format: Valgrind manual, "Callgrind Format Specification".
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "import_format.h"

/* uthash reports a lack of memory by NULL, not by exit() */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->is_lost = true)
#include <uthash.h>

#define MAX_EVENTS    16u
#define MAX_POSITIONS 2u

/* "(id) name" gives a name a number, "(id)" uses it. Files and objects have one set of numbers,
 * functions another. */
struct name {
    struct name_key {
        uint64_t kind, id;
    } key;
    const char *text; /* interned */
    bool is_lost;
    UT_hash_handle hh;
};

struct callgrind {
    struct import *import;
    struct import_line line;
    struct name *names;
    const char *function, *file, *object, *callee, *callee_file, *callee_object; /* NULL unset */
    const char *own_file; /* where the function begins; `file` may be an included one */
    unsigned event_count, position_count;
    unsigned line_position; /* which of the positions is the line */
    uint64_t position[MAX_POSITIONS];
    bool has_begun; /* the value types have been added */
};

/* --- texts ------------------------------------------------------------------------------------ */

static bool begins_with(const struct import_line *line, const char *text, const char **rest) {
    const size_t length = strlen(text);
    if (line->length < length || memcmp(line->text, text, length) != 0)
        return false;
    *rest = line->text + length;
    return true;
}

static const char *end_of(const struct callgrind *callgrind) {
    return callgrind->line.text + callgrind->line.length;
}

static int bad(const struct callgrind *callgrind, struct error *error, const char *why) {
    return import_bad_line(callgrind->import, &callgrind->line, error, "%s", why);
}

static const char *intern(struct callgrind *callgrind, const char *text) {
    return profile_string_sized(callgrind->import->profile, text,
                                (size_t)(end_of(callgrind) - text));
}

static struct name *find_name(struct callgrind *callgrind, const struct name_key *key) {
    struct name *name;
    HASH_FIND(hh, callgrind->names, key, sizeof(*key), name);
    return name;
}

static int add_name(struct callgrind *callgrind, const struct name_key *key, const char *text) {
    struct name *name = find_name(callgrind, key);
    if (name == NULL) {
        name = calloc(1, sizeof(*name));
        if (name == NULL)
            return -1;
        name->key = *key;
        HASH_ADD(hh, callgrind->names, key, sizeof(name->key), name);
        if (name->is_lost) {
            free(name);
            return -1;
        }
    }
    name->text = text;
    return 0;
}

/* Reads what follows "fn=" and the like. */
static int read_name(struct callgrind *callgrind, const char *text, uint64_t kind,
                     const char **name, struct error *error) {
    struct name_key key = {kind, 0};
    const char *at = text;
    if (at < end_of(callgrind) && *at == '(') {
        at++;
        if (import_number(&at, end_of(callgrind), 10, &key.id) && at < end_of(callgrind) &&
            *at == ')') {
            at++;
            while (at < end_of(callgrind) && *at == ' ')
                at++;
            if (at == end_of(callgrind)) {
                const struct name *known = find_name(callgrind, &key);
                *name = known == NULL ? NULL : known->text;
                return known == NULL ? bad(callgrind, error, "a number without a name") : 0;
            }
            *name = intern(callgrind, at);
            return *name == NULL || add_name(callgrind, &key, *name) != 0
                       ? import_out_of_memory(error)
                       : 0;
        }
    }
    *name = intern(callgrind, text);
    return *name == NULL ? import_out_of_memory(error) : 0;
}

/* --- what is counted -------------------------------------------------------------------------- */

static int add_event(struct callgrind *callgrind, const char *text, size_t length,
                     struct error *error) {
    char name[64];
    if (callgrind->event_count == MAX_EVENTS || length >= sizeof(name))
        return bad(callgrind, error, "too many events, or too long a name");
    snprintf(name, sizeof(name), "%.*s", (int)length, text);
    callgrind->event_count++;
    return profile_add_value_type(callgrind->import->profile,
                                  strcmp(name, "Ir") == 0 ? "instructions" : name,
                                  "count") == PROFILE_NONE
               ? import_out_of_memory(error)
               : 0;
}

/* Uses the first part of the file; the other parts have the same events. */
static int read_events(struct callgrind *callgrind, const char *at, struct error *error) {
    struct profile *profile = callgrind->import->profile;
    if (callgrind->has_begun)
        return 0;
    callgrind->has_begun = true;
    while (at < end_of(callgrind)) {
        const char *blank = memchr(at, ' ', (size_t)(end_of(callgrind) - at));
        const char *stop = blank == NULL ? end_of(callgrind) : blank;
        if (stop > at && add_event(callgrind, at, (size_t)(stop - at), error) != 0)
            return -1;
        at = stop + 1;
    }
    if (callgrind->event_count == 0)
        return bad(callgrind, error, "no events");
    profile->default_value_type = profile->value_types[0].name;
    profile->period_type = profile->value_types[0];
    profile->period = 1;
    return profile_add_value_type(profile, "calls", "count") == PROFILE_NONE ||
                   profile_add_comment(profile, "callgrind's files have no stacks: a function's "
                                                "own numbers are exact, what callers add up is "
                                                "not") == PROFILE_NONE
               ? import_out_of_memory(error)
               : 0;
}

static int read_positions(struct callgrind *callgrind, const char *text, struct error *error) {
    const struct import_line rest = {text, (size_t)(end_of(callgrind) - text), 0};
    const char *ignored;
    callgrind->position_count = begins_with(&rest, "instr line", &ignored) ? 2 : 1;
    callgrind->line_position = callgrind->position_count - 1;
    return callgrind->position_count == 2 || begins_with(&rest, "line", &ignored)
               ? 0
               : bad(callgrind, error, "positions that are not known");
}

/* --- costs ------------------------------------------------------------------------------------ */

static void skip_blanks(const char **at, const char *end) {
    while (*at < end && (**at == ' ' || **at == '\t'))
        (*at)++;
}

/* "12", "0x12", "+3", "-3", "*": the last three are relative to the position before. */
static bool read_position(const char **at, const char *end, uint64_t *position) {
    const bool is_more = *at < end && **at == '+', is_less = *at < end && **at == '-';
    uint64_t number;
    if (*at < end && **at == '*') {
        (*at)++;
        return true;
    }
    if (is_more || is_less)
        (*at)++;
    const bool is_hex = end - *at > 2 && (*at)[0] == '0' && (*at)[1] == 'x';
    if (is_hex)
        *at += 2;
    if (!import_number(at, end, is_hex ? 16 : 10, &number))
        return false;
    *position = is_more ? *position + number : is_less ? *position - number : number;
    return true;
}

static int read_all_positions(struct callgrind *callgrind, const char **at, struct error *error) {
    for (unsigned i = 0; i < callgrind->position_count; i++) {
        skip_blanks(at, end_of(callgrind));
        if (!read_position(at, end_of(callgrind), &callgrind->position[i]))
            return bad(callgrind, error, "no position");
    }
    return 0;
}

static int64_t line_number(const struct callgrind *callgrind) {
    const uint64_t line = callgrind->position[callgrind->line_position];
    return line < INT32_MAX ? (int64_t)line : 0;
}

static uint32_t frame(struct callgrind *callgrind, const char *object, const char *function,
                      const char *file, int64_t line) {
    const bool has_file = file != NULL && strcmp(file, "???") != 0;
    const uint32_t mapping =
        object == NULL ? PROFILE_NONE : import_mapping(callgrind->import->profile, object);
    return import_named_frame(callgrind->import->profile, mapping, function, has_file ? file : "",
                              line);
}

static int add(struct callgrind *callgrind, const uint32_t *locations, uint32_t depth,
               const int64_t *values, struct error *error) {
    if (locations[0] == PROFILE_NONE || locations[depth - 1] == PROFILE_NONE)
        return import_out_of_memory(error);
    return profile_add_sample(callgrind->import->profile,
                              &(struct profile_sample){.depth = depth,
                                                       .locations = (uint32_t *)locations,
                                                       .values = (int64_t *)values}) == PROFILE_NONE
               ? bad(callgrind, error, "too large a sum, or out of memory")
               : 0;
}

/* Costs that are left out at the end of a line are 0. */
static int read_costs(struct callgrind *callgrind, const char *at, struct error *error) {
    int64_t values[MAX_EVENTS + 1] = {0};
    if (callgrind->function == NULL)
        return bad(callgrind, error, "a cost before any function");
    if (read_all_positions(callgrind, &at, error) != 0)
        return -1;
    for (unsigned i = 0; i < callgrind->event_count; i++) {
        uint64_t value;
        skip_blanks(&at, end_of(callgrind));
        if (at == end_of(callgrind))
            break;
        if (!import_number(&at, end_of(callgrind), 10, &value) || value > INT64_MAX)
            return bad(callgrind, error, "no cost");
        values[i] = (int64_t)value;
    }
    const uint32_t location = frame(callgrind, callgrind->object, callgrind->function,
                                    callgrind->own_file, line_number(callgrind));
    return add(callgrind, &location, 1, values, error);
}

/* "calls=N target positions"; the next line has the position of the call and its inclusive cost. */
static int read_calls(struct callgrind *callgrind, const char *at, struct error *error) {
    int64_t values[MAX_EVENTS + 1] = {0};
    uint64_t count;
    if (!import_number(&at, end_of(callgrind), 10, &count) || count > INT64_MAX)
        return bad(callgrind, error, "no number of calls");
    if (callgrind->function == NULL || callgrind->callee == NULL)
        return bad(callgrind, error, "calls of no function");
    if (!import_next_line(callgrind->import, &callgrind->line))
        return bad(callgrind, error, "cut off: calls without their cost");
    at = callgrind->line.text;
    if (read_all_positions(callgrind, &at, error) != 0)
        return -1;
    values[callgrind->event_count] = (int64_t)count;
    const char *callee_object =
        callgrind->callee_object == NULL ? callgrind->object : callgrind->callee_object;
    const char *callee_file =
        callgrind->callee_file == NULL ? callgrind->own_file : callgrind->callee_file;
    const uint32_t locations[2] = {
        frame(callgrind, callee_object, callgrind->callee, callee_file, 0),
        frame(callgrind, callgrind->object, callgrind->function, callgrind->own_file,
              line_number(callgrind))};
    callgrind->callee_object = callgrind->callee_file = NULL;
    return add(callgrind, locations, 2, values, error);
}

/* --- lines ------------------------------------------------------------------------------------ */

enum { NAME_FILE, NAME_FUNCTION, NAME_OBJECT };

static int read_function(struct callgrind *callgrind, const char *text, struct error *error) {
    callgrind->own_file = callgrind->file;
    return read_name(callgrind, text, NAME_FUNCTION, &callgrind->function, error);
}

static int read_line(struct callgrind *callgrind, struct error *error) {
    const struct import_line *line = &callgrind->line;
    const char *rest, *target; /* the target of a jump: only its name matters */
    if (line->length == 0 || line->text[0] == '#')
        return 0;
    if (begins_with(line, "fn=", &rest))
        return read_function(callgrind, rest, error);
    if (begins_with(line, "fl=", &rest) || begins_with(line, "fi=", &rest) ||
        begins_with(line, "fe=", &rest))
        return read_name(callgrind, rest, NAME_FILE, &callgrind->file, error);
    if (begins_with(line, "ob=", &rest))
        return read_name(callgrind, rest, NAME_OBJECT, &callgrind->object, error);
    if (begins_with(line, "cfn=", &rest))
        return read_name(callgrind, rest, NAME_FUNCTION, &callgrind->callee, error);
    if (begins_with(line, "cfi=", &rest) || begins_with(line, "cfl=", &rest))
        return read_name(callgrind, rest, NAME_FILE, &callgrind->callee_file, error);
    if (begins_with(line, "cob=", &rest))
        return read_name(callgrind, rest, NAME_OBJECT, &callgrind->callee_object, error);
    if (begins_with(line, "calls=", &rest))
        return read_calls(callgrind, rest, error);
    if (begins_with(line, "jfi=", &rest))
        return read_name(callgrind, rest, NAME_FILE, &target, error);
    if (begins_with(line, "jfn=", &rest))
        return read_name(callgrind, rest, NAME_FUNCTION, &target, error);
    if (begins_with(line, "jump=", &rest) || begins_with(line, "jcnd=", &rest)) {
        import_next_line(callgrind->import, &callgrind->line); /* the source of the jump */
        return 0;
    }
    if (begins_with(line, "events: ", &rest))
        return read_events(callgrind, rest, error);
    if (begins_with(line, "positions: ", &rest))
        return read_positions(callgrind, rest, error);
    if (strchr("0123456789+-*", line->text[0]) != NULL)
        return callgrind->has_begun ? read_costs(callgrind, line->text, error)
                                    : bad(callgrind, error, "a cost before `events:`");
    /* "key: value" of the header and of the end */
    return memchr(line->text, ':', line->length) != NULL ? 0
                                                         : bad(callgrind, error, "not understood");
}

static bool sniff(const char *data, size_t size) {
    static const char *const heads[] = {"# callgrind format", "version: ", "creator: callgrind",
                                        "events: ", "positions: "};
    for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
        if (size > strlen(heads[i]) && memcmp(data, heads[i], strlen(heads[i])) == 0)
            return true;
    }
    return false;
}

static int read_callgrind(struct import *import, struct error *error) {
    struct callgrind callgrind = {.import = import, .position_count = 1};
    struct name *name, *following;
    int result = 0;
    while (result == 0 && import_next_line(import, &callgrind.line))
        result = read_line(&callgrind, error);
    if (result == 0 && !callgrind.has_begun)
        result = bad(&callgrind, error, "ends without `events:`");
    HASH_ITER(hh, callgrind.names, name, following) { /* NOLINT(clang-analyzer-unix.Malloc): what
                                                         is lost was not added */
        HASH_DEL(callgrind.names, name);
        free(name);
    }
    return result;
}

const struct import_format import_callgrind = {"callgrind", sniff, read_callgrind};
