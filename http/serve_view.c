/* SPDX-License-Identifier: MIT */
/*
 * The page of a profile with live data: the page itself has no data and fetches data.json beside
 * it, as often as its reader likes.
 */
#include <stdlib.h>
#include <string.h>

#include "page/page_template.h"
#include "page/report_data.h"
#include "reader/analysis/analysis.h"
#include "serve_call.h"

serve_result serve_answer_view(const struct serve_call *call) {
    struct page_template template;
    struct error error = {""};
    if (page_template_find(&template, PAGE_REPORT, &error) != 0)
        return serve_failed(call, "", &error);
    const size_t size = template.head_size + template.tail_size;
    char *page = malloc(size);
    if (page == NULL)
        return MHD_NO;
    memcpy(page, template.head, template.head_size);
    memcpy(page + template.head_size, template.tail, template.tail_size);
    const serve_result result =
        serve_reply_text(call->request, MHD_HTTP_OK, SERVE_HTML, page, size);
    free(page);
    return result;
}

static serve_result send_data(const struct serve_call *call, const struct profile *profile) {
    struct error error = {""};
    char *text = NULL;
    size_t size = 0;
    struct analysis *analysis = analysis_new(profile, &(struct analysis_options){0}, &error);
    FILE *out = open_memstream(&text, &size);
    serve_result result = MHD_NO;
    const bool is_written =
        analysis != NULL && out != NULL && report_data_write(out, analysis, &error) == 0;
    const bool is_closed = out != NULL && fclose(out) == 0;
    if (is_written && is_closed)
        result = serve_reply_text(call->request, MHD_HTTP_OK, SERVE_JSON, text, size);
    else if (out != NULL)
        result = serve_failed(call, "failed to collect profile: ", &error);
    free(text);
    analysis_free(analysis);
    return result;
}

/* ?kind=heap and the like; without it, the exact profile. */
serve_result serve_answer_data(const struct serve_call *call) {
    static const char *const kinds[] = {"exact", "cpu", "wall", "heap", "allocs", "block", "mutex"};
    const char *asked = serve_argument(call, "kind");
    const char *kind = asked[0] == '\0' ? kinds[0] : NULL;
    struct error error = {""};
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]) && kind == NULL; i++) {
        if (strcmp(asked, kinds[i]) == 0)
            kind = kinds[i];
    }
    if (kind == NULL)
        return serve_reply_error(call->request, MHD_HTTP_NOT_FOUND, "Unknown profile");
    struct profile *profile = serve_profile(call, kind, &error);
    if (profile == NULL)
        return serve_failed(call, "failed to collect profile: ", &error);
    const serve_result result = send_data(call, profile);
    profile_free(profile);
    return result;
}
