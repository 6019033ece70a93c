/* SPDX-License-Identifier: MIT */
/* See page.h. */
#include "page.h"

#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

struct page {
    struct page_template template;
    struct output_file file;
    FILE *data; /* where the JSON goes, as it is */
    FILE *out;
};

/* --- data ------------------------------------------------------------------------------------- */

/* In JSON a '<' occurs in strings alone, where an escape may stand for it. So neither
 * "</script>" nor "<!--" is left. */
static ssize_t write_escaped(void *context, const char *text, size_t size) {
    FILE *out = context;
    for (size_t i = 0; i < size; i++) {
        if (text[i] == '<')
            fputs("\\u003c", out);
        else
            putc(text[i], out);
    }
    return ferror(out) ? 0 : (ssize_t)size;
}

static int open_streams(struct page *page, struct error *error) {
    const int fd = dup(page->file.fd);
    page->out = fd < 0 ? NULL : fdopen(fd, "w");
    if (page->out == NULL) {
        if (fd >= 0)
            close(fd);
        return error_set_errno(error, "cannot write %s", page->file.path);
    }
    page->data = fopencookie(page->out, "w", (cookie_io_functions_t){.write = write_escaped});
    if (page->data != NULL)
        return 0;
    fclose(page->out);
    return error_set_errno(error, "cannot write %s", page->file.path);
}

static int begin(struct page *page, enum page_name name, const char *path, struct error *error) {
    if (page_template_find(&page->template, name, error) != 0 ||
        output_file_open(&page->file, path, error) != 0)
        return -1;
    if (open_streams(page, error) != 0) {
        output_file_discard(&page->file);
        return -1;
    }
    fwrite(page->template.head, 1, page->template.head_size, page->out);
    return 0;
}

/* 0 when everything was written. */
static int close_streams(struct page *page) {
    const int data = fclose(page->data);
    if (data == 0)
        fwrite(page->template.tail, 1, page->template.tail_size, page->out);
    const int out = ferror(page->out);
    return fclose(page->out) == 0 && data == 0 && out == 0 ? 0 : -1;
}

static int finish(struct page *page, struct error *error) {
    if (close_streams(page) == 0)
        return output_file_finish(&page->file, error);
    error_set_errno(error, "cannot write %s", page->file.path);
    output_file_discard(&page->file);
    return -1;
}

int page_write(enum page_name name, const char *path, output_file_printer *print, const void *what,
               struct error *error) {
    struct page page;
    if (begin(&page, name, path, error) != 0)
        return -1;
    if (print(page.data, what, error) == 0)
        return finish(&page, error);
    close_streams(&page);
    output_file_discard(&page.file);
    return error_prefix(error, "%s", path);
}
