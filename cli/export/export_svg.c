/* SPDX-License-Identifier: MIT */
/* The call graph of export_dot.c as a picture, drawn by Graphviz's program `dot`. */
#include <errno.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli/run/run_child.h"
#include "export.h"

/* Runs `dot` between the two files. Returns 0 with its wait status, or an errno. */
static int run_dot(FILE *graph, FILE *out, int *status) {
    char *arguments[] = {"dot", "-Tsvg", NULL};
    posix_spawn_file_actions_t files;
    pid_t pid;
    int failure = posix_spawn_file_actions_init(&files);
    if (failure != 0)
        return failure;
    posix_spawn_file_actions_adddup2(&files, fileno(graph), STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, fileno(out), STDOUT_FILENO);
    failure = run_child(arguments, &files, &pid, status);
    posix_spawn_file_actions_destroy(&files);
    return failure;
}

static int draw(FILE *graph, FILE *out, struct error *error) {
    int status = 0;
    if (fflush(graph) != 0 || fseek(graph, 0, SEEK_SET) != 0 || fflush(out) != 0)
        return error_set_errno(error, "cannot hand over the call graph");
    errno = run_dot(graph, out, &status);
    if (errno == ENOENT)
        return error_set(error, "svg is drawn by Graphviz's dot, which is not installed: `apt "
                                "install graphviz`, or use --format dot");
    if (errno != 0)
        return error_set_errno(error, "cannot run dot");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0
               ? 0
               : error_set(error, "dot could not draw the call graph: use --format dot");
}

static int print(FILE *out, struct analysis *analysis, struct error *error) {
    FILE *graph = tmpfile();
    if (graph == NULL)
        return error_set_errno(error, "cannot make a temporary file");
    int result = export_dot.print(graph, analysis, error);
    if (result == 0)
        result = draw(graph, out, error);
    fclose(graph);
    return result;
}

const struct export_format export_svg = {"svg", "the same, drawn by Graphviz", print};
