/* SPDX-License-Identifier: MIT */
/*
 * `cinstr merge`: adds up profiles one after the other, so that only the sum is in memory, however
 * many there are.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "cli/base/command.h"
#include "cli/print/output_file.h"
#include "cli/print/units.h"
#include "cli/source/source.h"
#include "reader/build/comments_of_sum.h"
#include "reader/profile/comments_of_part.h"

/* Comments kept of all profiles together; those beyond are only counted. */
enum { MOST_COMMENTS = 32 };

struct request {
    const char *output, *directory;
    bool quiet;
};

/* --- adding up -------------------------------------------------------------------------------- */

struct sum {
    struct profile_merge *merge;
    struct comments_of_sum stated;
    char comments[MOST_COMMENTS][256];
    uint32_t comment_count, left_out;
};

static void keep_comment(struct sum *sum, const char *comment) {
    for (uint32_t i = 0; i < sum->comment_count; i++) {
        if (strncmp(sum->comments[i], comment, sizeof(sum->comments[i]) - 1) == 0)
            return;
    }
    if (sum->comment_count == MOST_COMMENTS) {
        sum->left_out++;
        return;
    }
    snprintf(sum->comments[sum->comment_count++], sizeof(sum->comments[0]), "%s", comment);
}

/* Takes the comments off a profile before it is added, since they may differ from profile to
 * profile. */
static void keep_comments(struct sum *sum, struct profile *profile) {
    comments_of_sum_add(&sum->stated, profile);
    comments_of_part(profile);
    for (uint32_t i = 0; i < profile->comment_count; i++)
        keep_comment(sum, profile->comments[i]);
    profile->comment_count = 0;
}

static int add(const void *context, struct profile *profile, struct error *error) {
    struct sum *sum = *(struct sum *const *)context;
    keep_comments(sum, profile);
    return profile_merge_add(sum->merge, profile, error);
}

static int say(struct profile *profile, const char *text, struct error *error) {
    return profile_add_comment(profile, text) == PROFILE_NONE ? error_set(error, "out of memory")
                                                              : 0;
}

static int describe(struct profile *profile, const struct sum *sum, struct error *error) {
    char text[128];
    int result = comments_of_sum_say(&sum->stated, profile);
    if (result != 0)
        return error_set(error, "out of memory");
    for (uint32_t i = 0; i < sum->comment_count && result == 0; i++)
        result = say(profile, sum->comments[i], error);
    snprintf(text, sizeof(text), "%u more comments of the profiles are left out", sum->left_out);
    return result == 0 && sum->left_out != 0 ? say(profile, text, error) : result;
}

static int write_sum(const struct request *request, struct profile *profile, int count,
                     struct error *error) {
    struct output_file file;
    if (output_file_write(&file, request->output, output_file_pprof, profile, error) != 0)
        return -1;
    if (!request->quiet)
        note("%s: %d profiles, %s stacks", file.path, count,
             units_count(profile->sample_count).text);
    return 0;
}

static int merge(const struct request *request, int count, char **sources, struct error *error) {
    struct sum sum = {.merge = profile_merge_new(error)}, *to = &sum;
    int result = sum.merge == NULL ? -1 : 0;
    if (result != 0)
        return -1;
    for (int i = 0; i < count && result == 0; i++)
        result =
            source_use(sources[i], request->directory, &(struct build_options){0}, add, &to, error);
    struct profile *profile = profile_merge_end(sum.merge);
    if (result == 0)
        result = describe(profile, &sum, error);
    if (result == 0)
        result = write_sum(request, profile, count, error);
    profile_free(profile);
    return result;
}

/* --- options ---------------------------------------------------------------------------------- */

static const char help[] =
    "Adds up profiles of the same kind into one. Stacks that are the same are one\n"
    "stack in the sum, wherever the program was loaded; what is held in memory\n"
    "depends on how many different ones there are, not on how many profiles.\n"
    "\n" SOURCE_HELP "\n"
    "Options:\n"
    "  -o, --output FILE     write FILE, \"-\" standard output (default\n"
    "                        merged.pb.gz; made, or replaced)\n" HELP_DIRECTORY
    "  -q, --quiet           do not say what was written\n"
    "  -h, --help            show this help\n"
    "\n"
    "Exit status: 0 fine, 1 failed (also when the kinds differ), 2 wrong usage.\n"
    "\n"
    "Examples:\n"
    "  cinstr merge -o day.pb.gz hour-*.pb.gz\n"
    "  cinstr merge -o - 4711 4712 4713 | cinstr report -\n";

enum { OPTION_DIRECTORY = 256 };

static const struct option long_options[] = {
    {"output", required_argument, NULL, 'o'},
    {"directory", required_argument, NULL, OPTION_DIRECTORY},
    {"quiet", no_argument, NULL, 'q'},
    {"help", no_argument, NULL, 'h'},
    {0},
};

static int set_option(const struct command *command, void *context, int option) {
    struct request *request = context;
    (void)command;
    if (option == 'o')
        request->output = optarg;
    else if (option == OPTION_DIRECTORY)
        request->directory = optarg;
    else
        request->quiet = true;
    return STATUS_FINE;
}

static const struct command_options options = {":o:qh", long_options, set_option};

static int run(const struct command *command, int argc, char **argv) {
    struct request request = {.output = "merged.pb.gz"};
    struct error error = {""};
    const int status = read_options(command, argc, argv, &options, &request);
    if (status != STATUS_GO_ON)
        return status;
    if (argc == optind)
        return usage_error(command, "give the profiles to add up");
    return merge(&request, argc - optind, argv + optind, &error) == 0 ? STATUS_FINE : fail(&error);
}

const struct command command_merge = {
    .name = "merge",
    .arguments = "[OPTION]... SOURCE...",
    .summary = "add up profiles of the same kind",
    .help = help,
    .run = run,
};
