/* SPDX-License-Identifier: MIT */
/*
 * Turns function words and call sites into locations (see build_locations.h). Each location carries
 * function, file and line, so that pprof needs neither the binary nor a symbol server.
 */
#include "build_locations.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build_entry.h"
#include "build_modules.h"
#include "reader/profile/stated.h"
#include "reader/symbols/symbols.h"
#include "recorder_code.h"

/* uthash reports a lack of memory by NULL, not by exit() */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(entry) ((entry)->is_lost = true)
#include <uthash.h>

enum role { ENTRY, INLINED, CALL, OUTSIDE, INTERRUPTED };

enum { INLINED_DEPTH = 256 /* ".cold" and the like, of any optimiser */ };

struct place {
    struct place_key {
        uint64_t function;
        uint64_t at; /* the call site; INLINED: the caller's function word */
        uint64_t role;
    } key;
    uint32_t location;
    bool is_own;  /* INTERRUPTED: in the function itself */
    bool is_part; /* ENTRY: of an inlined call, whose location includes its caller's frame */
    bool is_lost;
    UT_hash_handle hh;
};

struct build_locations {
    const struct snapshot *snapshot;
    struct profile *profile;
    struct symbols *symbols;
    struct mapped {
        uint32_t mapping; /* of the profile */
        enum recorder_code recorder;
    } * modules;
    struct place *places;
};

/* --- modules ---------------------------------------------------------------------------------- */

static uint32_t add_mapping(struct profile *profile, const struct segment_module *module) {
    char build_id[2 * sizeof(module->build_id) + 1] = "";
    for (uint32_t i = 0; i < module->build_id_size; i++)
        snprintf(build_id + (size_t)2 * i, 3, "%02x", module->build_id[i]);
    return profile_add_mapping(profile, &(struct profile_mapping){
                                            .start = module->start,
                                            .limit = module->limit,
                                            .offset = module->file_offset,
                                            .file = module->path[0] ? module->path : "[unknown]",
                                            .build_id = build_id,
                                            .has_functions = true,
                                            .has_filenames = true,
                                            .has_line_numbers = true,
                                        });
}

struct build_locations *build_locations_new(const struct snapshot *snapshot,
                                            struct profile *profile, struct error *error) {
    struct build_locations *locations = calloc(1, sizeof(*locations));
    if (locations != NULL)
        locations->modules = calloc(snapshot->module_count + 1u, sizeof(*locations->modules));
    if (locations == NULL || locations->modules == NULL) {
        free(locations);
        error_set(error, "out of memory");
        return NULL;
    }
    locations->snapshot = snapshot;
    locations->profile = profile;
    locations->symbols = symbols_new(snapshot->modules, snapshot->module_count, error);
    for (uint32_t i = 0; locations->symbols != NULL && i < snapshot->module_count; i++) {
        locations->modules[i].mapping = add_mapping(profile, &snapshot->modules[i]);
        if (locations->modules[i].mapping == PROFILE_NONE) {
            error_set(error, "out of memory");
            symbols_free(locations->symbols);
            locations->symbols = NULL;
        }
    }
    if (locations->symbols == NULL) {
        build_locations_free(locations);
        return NULL;
    }
    return locations;
}

void build_locations_free(struct build_locations *locations) {
    struct place *place, *next;
    HASH_ITER(hh, locations->places, place, next) {
        HASH_DEL(locations->places, place);
        free(place);
    }
    symbols_free(locations->symbols);
    free(locations->modules);
    free(locations);
}

int build_locations_complain(const struct build_locations *locations, struct profile *profile) {
    for (uint32_t i = 0; i < locations->snapshot->module_count; i++) {
        const char *complaint = symbols_complaint(locations->symbols, i);
        if (complaint != NULL && stated_add_warning(profile, complaint) != 0)
            return -1;
    }
    return 0;
}

double build_locations_prediction(const struct build_locations *locations) {
    double predicted = 0;
    for (uint32_t i = 0; i < locations->snapshot->module_count && predicted == 0; i++)
        predicted = symbols_prediction(locations->symbols, i);
    return predicted;
}

/* --- one location ----------------------------------------------------------------------------- */

static bool set_line(struct profile *profile, struct profile_line *frame,
                     const struct symbol *symbol, int64_t line) {
    const uint32_t function =
        profile_add_function(profile, &(struct profile_function){.name = symbol->name,
                                                                 .system_name = symbol->system_name,
                                                                 .file = symbol->file,
                                                                 .start_line = symbol->line});
    *frame = (struct profile_line){.function = function, .line = line};
    return function != PROFILE_NONE;
}

static uint32_t add_lines(struct build_locations *locations, uint32_t module, uint64_t address,
                          struct profile_line *lines, uint32_t count) {
    return profile_add_location(
        locations->profile,
        &(struct profile_location){
            .mapping = module == SNAPSHOT_NONE ? PROFILE_NONE : locations->modules[module].mapping,
            .address = address,
            .line_count = count,
            .lines = lines,
        });
}

static uint32_t add_location(struct build_locations *locations, uint32_t module, uint64_t address,
                             const struct symbol *symbol, int64_t line) {
    struct profile_line frame;
    return set_line(locations->profile, &frame, symbol, line)
               ? add_lines(locations, module, address, &frame, 1)
               : PROFILE_NONE;
}

static struct symbol name_function(struct build_locations *locations, uint32_t module,
                                   uint64_t address, char text[32]) {
    struct symbol symbol = {.file = ""};
    if (module != SNAPSHOT_NONE) {
        symbols_function(locations->symbols, module, address, &symbol);
    } else {
        snprintf(text, 32, "0x%llx", (unsigned long long)address);
        symbol.name = symbol.system_name = text;
    }
    return symbol;
}

static uint32_t make_location(struct build_locations *locations, const struct place_key *key) {
    const struct snapshot *snapshot = locations->snapshot;
    const uint32_t generation = segment_generation(key->function);
    uint32_t module;
    const uint64_t entry =
        build_entry(locations->snapshot, locations->symbols, key->function, &module);
    const uint64_t call = key->at - 1;
    uint32_t caller = module;
    char text[32];
    struct symbol symbol = name_function(locations, module, entry, text);
    int64_t line = 0;
    if (key->role == ENTRY)
        return add_location(locations, module, entry, &symbol, symbol.line);
    if (module == SNAPSHOT_NONE || call < snapshot->modules[module].start ||
        call >= snapshot->modules[module].limit)
        caller = build_module_of_code(snapshot, call, generation);
    else
        line = symbols_line(locations->symbols, module, entry, call);
    /* The call site of an inlined function or of a callback is in other code than its caller. */
    return add_location(locations, caller, call, &symbol, line != 0 ? line : symbol.line);
}

/* SNAPSHOT_NONE: the function word is not that of a record. */
static uint32_t find_inlined(const struct build_locations *locations, uint64_t function,
                             struct symbols_inlined *call) {
    const uint64_t address = function & SEGMENT_ADDRESS_MASK;
    const uint32_t module =
        build_module_of_data(locations->snapshot, address, segment_generation(function));
    return module != SNAPSHOT_NONE && symbols_inlined(locations->symbols, module, address, call)
               ? module
               : SNAPSHOT_NONE;
}

/* The frames that were inlined, and `caller`'s unless that is 0. */
static uint32_t make_inlined(struct build_locations *locations, uint32_t module,
                             const struct place_key *key, struct symbols_inlined *call) {
    struct profile_line lines[INLINED_DEPTH + 1];
    int64_t line = call->function.line;
    uint32_t count = 0;
    char text[32];
    struct symbol symbol;
    do {
        if (!set_line(locations->profile, &lines[count++], &call->function,
                      line != 0 ? line : call->function.line))
            return PROFILE_NONE;
        line = call->line;
    } while (call->caller != 0 && count < INLINED_DEPTH &&
             symbols_inlined(locations->symbols, module, call->caller, call));
    if (key->at != 0) {
        uint32_t caller;
        const uint64_t entry =
            build_entry(locations->snapshot, locations->symbols, key->at, &caller);
        symbol = name_function(locations, caller, entry, text);
        if (!set_line(locations->profile, &lines[count++], &symbol, line != 0 ? line : symbol.line))
            return PROFILE_NONE;
    }
    return add_lines(locations, module, key->function & SEGMENT_ADDRESS_MASK, lines, count);
}

static uint32_t make_outside(struct build_locations *locations, const struct place_key *key) {
    const struct snapshot *snapshot = locations->snapshot;
    const uint64_t call = key->at - 1;
    const uint32_t module = build_module_of_code(snapshot, call, segment_generation(key->function));
    const char *file = module == SNAPSHOT_NONE ? "" : build_module_name(&snapshot->modules[module]);
    char name[sizeof(snapshot->modules->path) + 2];
    snprintf(name, sizeof(name), "[%s]", file[0] != '\0' ? file : "unknown");
    return add_location(locations, module, call,
                        &(struct symbol){.name = name, .system_name = name, .file = ""}, 0);
}

/* Whether the function's own lines (inlined copies, too) or its symbol contain the address. */
static bool is_own_code(struct build_locations *locations, const struct place_key *key,
                        uint32_t module, struct symbol *symbol, int64_t *line) {
    const uint64_t address = key->at & SEGMENT_ADDRESS_MASK;
    uint32_t own;
    const uint64_t entry =
        build_entry(locations->snapshot, locations->symbols, key->function, &own);
    const bool is_external = (key->function & SEGMENT_EXTERNAL) != 0;
    struct symbol function;
    if (build_is_pseudo(key->function) || own == SNAPSHOT_NONE || (own != module && !is_external))
        return false;
    if (!is_external)
        *line = symbols_line(locations->symbols, module, entry, address);
    if ((!symbols_function(locations->symbols, own, entry, &function) ||
         strcmp(function.system_name, symbol->system_name) != 0) &&
        *line == 0)
        return false;
    *symbol = function;
    return true;
}

/* Where a call was interrupted. */
struct interrupted {
    uint32_t module;
    struct symbol symbol;
    char text[32]; /* a name for it where there is none */
    int64_t line;
    bool is_own, is_probe;
};

static void find_interrupted(struct build_locations *locations, const struct place_key *key,
                             struct interrupted *at) {
    const uint64_t address = key->at & SEGMENT_ADDRESS_MASK;
    const struct snapshot *snapshot = locations->snapshot;
    at->module = build_module_of_code(snapshot, address, segment_generation(key->at));
    at->symbol = name_function(locations, at->module, address, at->text);
    at->line = 0;
    at->is_own = at->module != SNAPSHOT_NONE &&
                 is_own_code(locations, key, at->module, &at->symbol, &at->line);
    at->is_probe = !at->is_own && at->module != SNAPSHOT_NONE &&
                   recorder_code_has(&snapshot->modules[at->module], &at->symbol);
}

static uint32_t make_interrupted(struct build_locations *locations, const struct place_key *key,
                                 bool *is_own) {
    const uint64_t address = key->at & SEGMENT_ADDRESS_MASK;
    struct interrupted at;
    find_interrupted(locations, key, &at);
    *is_own = at.is_own;
    if (at.is_probe)
        at.symbol = (struct symbol){.name = "[cinstr]", .system_name = "[cinstr]", .file = ""};
    else if (!at.is_own && at.module != SNAPSHOT_NONE)
        at.line = symbols_line(locations->symbols, at.module, address, address);
    return add_location(locations, at.module, address, &at.symbol,
                        at.line != 0 ? at.line : at.symbol.line);
}

bool build_location_is_probe(struct build_locations *locations, uint64_t function,
                             uint64_t address) {
    const struct place_key key = {.function = function, .at = address, .role = INTERRUPTED};
    const struct snapshot *snapshot = locations->snapshot;
    const uint32_t module =
        build_module_of_code(snapshot, address & SEGMENT_ADDRESS_MASK, segment_generation(address));
    struct interrupted at;
    if (module == SNAPSHOT_NONE)
        return false;
    if (locations->modules[module].recorder == RECORDER_CODE_UNKNOWN)
        locations->modules[module].recorder =
            recorder_code_in(&snapshot->modules[module], locations->symbols, module);
    if (locations->modules[module].recorder != RECORDER_CODE_PARTLY)
        return locations->modules[module].recorder == RECORDER_CODE_ONLY;
    find_interrupted(locations, &key, &at);
    return at.is_probe;
}

static uint32_t make_place(struct build_locations *locations, struct place *place) {
    struct symbols_inlined call;
    uint32_t module;
    switch (place->key.role) {
    case ENTRY:
    case INLINED:
        module = find_inlined(locations, place->key.function, &call);
        place->is_part = module != SNAPSHOT_NONE && call.is_open;
        return module == SNAPSHOT_NONE ? make_location(locations, &place->key)
                                       : make_inlined(locations, module, &place->key, &call);
    case OUTSIDE:
        return make_outside(locations, &place->key);
    case INTERRUPTED:
        return make_interrupted(locations, &place->key, &place->is_own);
    default:
        return make_location(locations, &place->key);
    }
}

/* NULL when out of memory. */
static const struct place *find_place(struct build_locations *locations,
                                      const struct place_key *key) {
    struct place *place;
    HASH_FIND(hh, locations->places, key, sizeof(*key), place);
    if (place != NULL)
        return place;
    place = calloc(1, sizeof(*place));
    if (place == NULL)
        return NULL;
    place->key = *key;
    place->location = make_place(locations, place);
    if (place->location != PROFILE_NONE)
        HASH_ADD(hh, locations->places, key, sizeof(place->key), place);
    if (place->location == PROFILE_NONE || place->is_lost) {
        free(place);
        return NULL;
    }
    return place;
}

static uint32_t find_location(struct build_locations *locations, const struct place_key *key) {
    const struct place *place = find_place(locations, key);
    return place == NULL ? PROFILE_NONE : place->location;
}

uint32_t build_location_entry(struct build_locations *locations, uint64_t function) {
    return find_location(locations, &(struct place_key){function, 0, ENTRY});
}

uint32_t build_location_called(struct build_locations *locations, uint64_t function,
                               uint64_t caller, bool *holds_caller) {
    const struct place *place = find_place(locations, &(struct place_key){function, 0, ENTRY});
    *holds_caller = place != NULL && place->is_part;
    return *holds_caller ? find_location(locations, &(struct place_key){function, caller, INLINED})
           : place == NULL ? PROFILE_NONE
                           : place->location;
}

uint32_t build_location_call(struct build_locations *locations, uint64_t function,
                             uint64_t call_site) {
    return find_location(locations, &(struct place_key){function, call_site, CALL});
}

uint32_t build_location_outside(struct build_locations *locations, uint64_t function,
                                uint64_t call_site) {
    const uint64_t generation = function & ~SEGMENT_ADDRESS_MASK;
    return find_location(locations, &(struct place_key){generation, call_site, OUTSIDE});
}

uint32_t build_location_interrupted(struct build_locations *locations, uint64_t function,
                                    uint64_t address, bool *is_own) {
    const struct place *place =
        find_place(locations, &(struct place_key){function, address, INTERRUPTED});
    *is_own = place != NULL && place->is_own;
    return place == NULL ? PROFILE_NONE : place->location;
}

uint32_t build_location_pseudo(struct build_locations *locations, const char *name) {
    const struct symbol symbol = {.name = name, .system_name = name, .file = ""};
    return add_location(locations, SNAPSHOT_NONE, 0, &symbol, 0);
}
