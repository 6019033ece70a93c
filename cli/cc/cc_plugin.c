/* SPDX-License-Identifier: MIT */
/*
 * See cc_plugin.h. The plugins lie beside the library, as cinstr-plugin-VERSION.so.
 */
#include "cc_plugin.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

/* Starts COMPILER -dumpversion with `output` as its standard output. Returns its pid, or 0 if it
 * cannot be started. */
static pid_t start(const char *compiler, int output) {
    char *const arguments[] = {(char *)compiler, (char *)"-dumpversion", NULL};
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

static int ask_version(const char *compiler) {
    int ends[2], version = 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return 0;
    const pid_t pid = start(compiler, ends[1]);
    close(ends[1]);
    FILE *said = fdopen(ends[0], "r");
    if (said == NULL || fscanf(said, "%d", &version) != 1)
        version = 0;
    if (said != NULL)
        fclose(said);
    else
        close(ends[0]);
    if (pid != 0)
        waitpid(pid, NULL, 0);
    return version;
}

struct cc_plugin cc_plugin_find(const char *compiler, const char *directory) {
    struct cc_plugin plugin = {.version = ask_version(compiler)};
    const int length = snprintf(plugin.path, sizeof(plugin.path), "%s/cinstr-plugin-%d.so",
                                directory, plugin.version);
    if (length < 0 || (size_t)length >= sizeof(plugin.path) || access(plugin.path, R_OK) != 0)
        plugin.path[0] = '\0';
    return plugin;
}
