/* SPDX-License-Identifier: MIT */
/* See run_tell.h. */
#include "run_tell.h"

#include <inttypes.h>
#include <linux/limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/base/command.h"
#include "cli/source/program.h"
#include "reader/snapshot/segments.h"
#include "reader/symbols/hooks_found.h"

enum { TOLD_MAX = 8 };

/* Prints a path relative to this directory if it is below it. */
static void tell_profile(const char *path, size_t index) {
    char here[PATH_MAX];
    const size_t length = getcwd(here, sizeof(here)) == NULL ? 0 : strlen(here);
    if (index >= TOLD_MAX)
        return;
    if (length > 1 && strncmp(path, here, length) == 0 && path[length] == '/')
        path += length + 1;
    note("profile: %s", path);
}

static void say_end(int status, char *text, size_t size) {
    if (!WIFSIGNALED(status))
        snprintf(text, size, "ended with status %d", WEXITSTATUS(status));
    else if (sigabbrev_np(WTERMSIG(status)) != NULL)
        snprintf(text, size, "was killed by SIG%s", sigabbrev_np(WTERMSIG(status)));
    else
        snprintf(text, size, "was killed by signal %d", WTERMSIG(status));
}

/* The command that shows the segment left behind: by the pid, where that is unique. */
static void tell_left(const struct run_ended *ended, const struct segments_entry *entry) {
    char how[64], directory[RUN_OPTIONS_SIZE], source[PATH_MAX];
    say_end(ended->status, how, sizeof(how));
    run_options_get(ended->options, "directory", directory);
    if (directory[0] == '\0')
        snprintf(source, sizeof(source), "%" PRIu32, entry->header.pid);
    else
        snprintf(source, sizeof(source), "%s", entry->path);
    note("%s (pid %d) %s before it wrote a profile; what it recorded is kept: cinstr report %s",
         ended->program, (int)ended->pid, how, source);
}

/* A program that ended in the middle of its calls has left its segment. */
static bool tell_segment(const struct run_ended *ended) {
    struct segments segments;
    struct error error;
    bool found = false;
    if (segments_find(&segments, NULL, &error) != 0)
        return false;
    for (size_t i = 0; i < segments.count; i++) {
        const struct segments_entry *entry = &segments.entries[i];
        if (!segments_has_ended(entry) || entry->header.pid != (uint32_t)ended->pid ||
            entry->header.start_realtime_ns < ended->start_ns)
            continue;
        tell_left(ended, entry);
        found = true;
    }
    segments_free(&segments);
    return found;
}

/* Says whether hooks or recorder are missing. */
static const char *find_reason(const char *program) {
    char path[PATH_MAX];
    program_find(program, path);
    const struct hooks_found hooks = hooks_found_in(path);
    if (!hooks.is_elf)
        return "is a script, and no program that it ran wrote a profile";
    if (hooks.defines)
        return "defines __cyg_profile_func_enter itself, so its hooks are not cinstr's";
    if (hooks.has_recorder)
        return "is linked with -lcinstr, but none of its instrumented functions was recorded";
    if (hooks.calls)
        return "has hooks, but is not linked with -lcinstr; see `cinstr cc --help`";
    return "has no hooks: build it with `cinstr cc`, or sample it with --sample";
}

void run_tell(const struct run_ended *ended) {
    const bool is_wanted =
        strcmp(ended->output, "none") != 0 || ended->before->pattern_count > RUN_PROFILES_BESIDES;
    const size_t count = is_wanted ? run_profiles_new(ended->before, tell_profile) : 0;
    if (count > TOLD_MAX)
        note("and %zu more", count - TOLD_MAX);
    const bool has_left = tell_segment(ended);
    if (is_wanted && count == 0 && !has_left)
        note("no profile: %s %s", ended->program, find_reason(ended->program));
}
