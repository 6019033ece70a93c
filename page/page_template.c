/* SPDX-License-Identifier: MIT */
/* See page_template.h. */
#include "page_template.h"

#include <string.h>

/* templates.S */
extern const char page_compare_start[], page_compare_end[];
extern const char page_diff_start[], page_diff_end[];
extern const char page_growth_start[], page_growth_end[];
extern const char page_report_start[], page_report_end[];

/* The templates have this where the data goes. */
static const char mark[] = "@DATA@";

int page_template_find(struct page_template *template, enum page_name name, struct error *error) {
    static const struct {
        const char *start, *end;
    } templates[] = {[PAGE_COMPARE] = {page_compare_start, page_compare_end},
                     [PAGE_DIFF] = {page_diff_start, page_diff_end},
                     [PAGE_GROWTH] = {page_growth_start, page_growth_end},
                     [PAGE_REPORT] = {page_report_start, page_report_end}};
    const char *start = templates[name].start, *end = templates[name].end;
    const char *at = memmem(start, (size_t)(end - start), mark, sizeof(mark) - 1);
    if (at == NULL)
        return error_set(error, "this cinstr was built without pages: install nodejs and npm, then "
                                "build it again");
    template->head = start;
    template->head_size = (size_t)(at - start);
    template->tail = at + sizeof(mark) - 1;
    template->tail_size = (size_t)(end - template->tail);
    return 0;
}
