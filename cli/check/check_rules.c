/* SPDX-License-Identifier: MIT */
/* See check_rules.h: files into lines, lines into rules. */
#include "check_rules.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "check_parse.h"
#include "cli/base/input.h"

enum { MOST_BYTES = 16 << 20 };

struct lines {
    struct rules *rules;
    const char *file; /* the rules' own copy */
    rules_complaint *complain;
    int wrong;
};

/* Cuts the comment off a line. Returns what is left; 0 if nothing is. A '#' at the beginning, or
 * after a blank and outside quotes, begins a comment. */
static size_t without_comment(const char *line, size_t size) {
    bool is_quoted = false;
    size_t end = 0;
    for (size_t i = 0; i < size; i++) {
        const bool is_blank = line[i] == ' ' || line[i] == '\t';
        const bool is_after_blank = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
        if (is_quoted && line[i] == '\\' && i + 1 < size)
            i++;
        else if (line[i] == '"')
            is_quoted = !is_quoted;
        else if (line[i] == '#' && !is_quoted && is_after_blank)
            break;
        if (!is_blank)
            end = i + 1;
    }
    return end;
}

/* The position of the first character that no rule may have, or `size`. */
static size_t find_control(const char *line, size_t size) {
    for (size_t i = 0; i < size; i++) {
        if (((unsigned char)line[i] < 0x20 && line[i] != '\t') || line[i] == 0x7f)
            return i;
    }
    return size;
}

/* Takes `text` over. -1 when out of memory. */
static int add_line(struct lines *lines, char *text, uint32_t line) {
    struct rules *rules = lines->rules;
    struct rule *list = reallocarray(rules->list, (size_t)rules->count + 1, sizeof(*list));
    struct error error = {""};
    uint32_t column;
    if (list == NULL) {
        free(text);
        return -1;
    }
    rules->list = list;
    struct rule *rule = &list[rules->count];
    *rule = (struct rule){.file = lines->file, .line = line, .text = text};
    if (rule_parse(rule, text, &column, &error) == 0) {
        rules->count++;
        return 0;
    }
    rule_free(rule);
    lines->complain(lines->file, line, column, error.message);
    lines->wrong++;
    return 0;
}

static int read_line(struct lines *lines, const char *line, size_t size, uint32_t number) {
    size = without_comment(line, size);
    if (size == 0)
        return 0;
    const size_t control = find_control(line, size);
    if (control < size) {
        lines->complain(lines->file, number, (uint32_t)control + 1,
                        "a control character, which no rule has");
        lines->wrong++;
        return 0;
    }
    char *text = strndup(line, size);
    return text == NULL ? -1 : add_line(lines, text, number);
}

static const char *keep_name(struct rules *rules, const char *file) {
    char **files = reallocarray(rules->files, (size_t)rules->file_count + 1, sizeof(*files));
    if (files == NULL)
        return NULL;
    rules->files = files;
    files[rules->file_count] = strdup(file);
    return files[rules->file_count] == NULL ? NULL : files[rules->file_count++];
}

int rules_add_text(struct rules *rules, const char *file, const char *text, size_t size,
                   rules_complaint *complain, struct error *error) {
    struct lines lines = {rules, keep_name(rules, file), complain, 0};
    const char *end = text + size;
    if (lines.file == NULL)
        return error_set(error, "%s: out of memory", file);
    for (uint32_t number = 1; text < end; number++) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = (size_t)((newline == NULL ? end : newline) - text);
        const size_t next = length + 1;
        if (length > 0 && text[length - 1] == '\r')
            length--;
        if (read_line(&lines, text, length, number) != 0)
            return error_set(error, "%s: out of memory", file);
        if (newline == NULL)
            break;
        text += next;
    }
    return lines.wrong;
}

/* NULL with errno set. */
static char *read_all(int fd, size_t *size) {
    char *bytes = malloc(MOST_BYTES + 1);
    *size = 0;
    while (bytes != NULL) {
        const ssize_t got = read(fd, bytes + *size, MOST_BYTES + 1 - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got == 0)
            return bytes;
        *size += got > 0 ? (size_t)got : 0;
        if (got > 0 && *size <= MOST_BYTES)
            continue;
        if (got > 0)
            errno = EFBIG;
        free(bytes);
        bytes = NULL;
    }
    return NULL;
}

int rules_add_file(struct rules *rules, const char *path, rules_complaint *complain,
                   struct error *error) {
    const char *name = input_name(path);
    const int fd = input_open(path, error);
    size_t size = 0;
    if (fd < 0)
        return -1;
    int result = -1;
    char *text = read_all(fd, &size);
    if (text == NULL)
        error_set_errno(error, "cannot read %s", name);
    else if (memchr(text, '\0', size) != NULL)
        error_set(error, "%s: not a text file", name);
    else
        result = rules_add_text(rules, name, text, size, complain, error);
    free(text);
    close(fd);
    return result;
}

void rules_free(struct rules *rules) {
    for (uint32_t i = 0; i < rules->count; i++)
        rule_free(&rules->list[i]);
    for (uint32_t i = 0; i < rules->file_count; i++)
        free(rules->files[i]);
    free(rules->list);
    free(rules->files);
    *rules = (struct rules){0};
}

bool rules_need_base(const struct rules *rules) {
    for (uint32_t i = 0; i < rules->count; i++) {
        if (rules->list[i].kind == RULE_GROWTH)
            return true;
    }
    return false;
}
