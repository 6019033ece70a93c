/* SPDX-License-Identifier: MIT */
/*
 * See cc_plugin.h. The plugins lie beside the library: cinstr-plugin-VERSION.so for clang and
 * cinstr_gcc_plugin_VERSION.so for gcc, which takes a plugin's options only if its name has no `-`.
 */
#include "cc_plugin.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Starts the compiler with `output` as its standard output. Returns its pid, or 0 if it cannot be
 * started. */
static pid_t start(const char *compiler, const char *option, int output) {
    char *const arguments[] = {(char *)compiler, (char *)option, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;
    if (posix_spawn_file_actions_init(&actions) != 0)
        return 0;
    if (posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0) != 0 ||
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0) != 0 ||
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO) != 0 ||
        posix_spawnp(&pid, compiler, &actions, NULL, arguments, environ) != 0)
        pid = 0;
    posix_spawn_file_actions_destroy(&actions);
    return pid;
}

static void ask_version(const char *compiler, const char *option, char version[32]) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return;
    const pid_t pid = start(compiler, option, ends[1]);
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    if (said == NULL || fscanf(said, "%31[0-9.]", version) != 1)
        version[0] = '\0';
    if (said != NULL)
        fclose(said);
    else
        close(ends[0]);
    if (pid != 0)
        waitpid(pid, NULL, 0);
}

struct cc_plugin cc_plugin_find(const char *compiler, bool is_clang, const char *directory) {
    struct cc_plugin plugin = {0};
    ask_version(compiler, is_clang ? "-dumpversion" : "-dumpfullversion", plugin.version);
    if (is_clang)
        plugin.version[strcspn(plugin.version, ".")] = '\0';
    const int length = snprintf(plugin.path, sizeof(plugin.path), "%s/%s%s.so", directory,
                                is_clang ? "cinstr-plugin-" : "cinstr_gcc_plugin_", plugin.version);
    if (length < 0 || (size_t)length >= sizeof(plugin.path) || access(plugin.path, R_OK) != 0)
        plugin.path[0] = '\0';
    return plugin;
}
