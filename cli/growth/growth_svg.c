/* SPDX-License-Identifier: MIT */
/*
 * Growth as a picture: see growth_rows.h. A small plot on logarithmic axes for each row, the worst
 * exponent first. All plots have the same scale, so that equal slopes look equal.
 */
#include <math.h>
#include <string.h>

#include "cli/print/units.h"
#include "cli/print/xml_text.h"
#include "growth_rows.h"

enum {
    COLUMNS = 3,
    MOST_PANELS = 12,
    WIDTH = 300,
    HEIGHT = 240,
    LEFT = 56,
    RIGHT = 14,
    TOP = 44,
    BOTTOM = 30,
    HEAD = 40,
};

/* The scale of all plots. */
struct scale {
    double x_low, x_high; /* decimal logarithms */
    double y_span;
};

static double x_at(const struct scale *scale, double size) {
    const double share = (log10(size) - scale->x_low) / (scale->x_high - scale->x_low);
    return (double)LEFT + share * (WIDTH - LEFT - RIGHT);
}

/* `y_low` is the logarithm at the plot's lower edge. */
static double y_at(const struct scale *scale, double y_low, double value) {
    const double share = (log10(value) - y_low) / scale->y_span;
    return (double)(HEIGHT - BOTTOM) - share * (HEIGHT - TOP - BOTTOM);
}

/* --- what is shown ---------------------------------------------------------------------------- */

static bool is_shown(const struct growth_row *row, const struct growth_page *page) {
    return (row->caller != NULL) == page->edges && row->fit.points >= 2;
}

static void find_range(const struct growth *growth, const struct growth_row *row, double *low,
                       double *high) {
    *low = INFINITY;
    *high = -INFINITY;
    for (uint32_t i = 0; i < growth->size_count; i++) {
        if (row->values[i] <= 0)
            continue;
        const double line = row->fit.scale * pow(growth->sizes[i], row->fit.exponent);
        *low = fmin(*low, log10(fmin(row->values[i], line)));
        *high = fmax(*high, log10(fmax(row->values[i], line)));
    }
}

static struct scale find_scale(const struct growth *growth, const struct growth_page *page) {
    struct scale scale = {log10(growth->sizes[0]), log10(growth->sizes[growth->size_count - 1]), 1};
    uint32_t shown = 0;
    for (uint32_t i = 0; i < growth->row_count && shown < MOST_PANELS; i++) {
        double low, high;
        if (!is_shown(&growth->rows[i], page))
            continue;
        find_range(growth, &growth->rows[i], &low, &high);
        scale.y_span = fmax(scale.y_span, ceil(high) - floor(low));
        shown++;
    }
    return scale;
}

/* --- a panel ---------------------------------------------------------------------------------- */

static void print_text(FILE *out, double x, double y, const char *attributes, const char *text) {
    fprintf(out, "<text x=\"%.1f\" y=\"%.1f\"%s>", x, y, attributes);
    xml_text(out, text);
    fputs("</text>\n", out);
}

static void print_axes(FILE *out, const struct growth *growth, const struct scale *scale,
                       double y_low) {
    const double last = growth->sizes[growth->size_count - 1];
    const int decades = (int)(scale->y_span + 1e-9);
    for (int i = 0; i <= decades; i++) {
        const double y = y_low + i;
        char label[16];
        const double at = y_at(scale, y_low, pow(10, y));
        snprintf(label, sizeof(label), "1e%.0f", y);
        fprintf(out, "<line class=\"grid\" x1=\"%d\" x2=\"%d\" y1=\"%.1f\" y2=\"%.1f\"/>\n", LEFT,
                WIDTH - RIGHT, at, at);
        print_text(out, LEFT - 8, at + 4, " text-anchor=\"end\"", label);
    }
    for (uint32_t i = 0; i < growth->size_count; i++) {
        const double at = x_at(scale, growth->sizes[i]);
        fprintf(out, "<line class=\"grid\" x1=\"%.1f\" x2=\"%.1f\" y1=\"%d\" y2=\"%d\"/>\n", at, at,
                TOP, HEIGHT - BOTTOM);
    }
    print_text(out, LEFT, HEIGHT - BOTTOM + 14, "", units_count((int64_t)growth->sizes[0]).text);
    print_text(out, WIDTH - RIGHT, HEIGHT - BOTTOM + 14, " text-anchor=\"end\"",
               units_count((int64_t)last).text);
}

static void print_title(FILE *out, const struct growth_row *row) {
    char title[96], facts[160];
    const char *dots = "";
    int room = 40;
    if (strlen(row->name) + (row->caller == NULL ? 0 : strlen(row->caller) + 3) > (size_t)room) {
        dots = "...";
        room = 18;
    }
    if (row->caller == NULL)
        snprintf(title, sizeof(title), "%.*s%s", dots[0] == '\0' ? room : 37, row->name, dots);
    else
        snprintf(title, sizeof(title), "%.*s%s > %.*s%s", room, row->caller, dots, room, row->name,
                 dots);
    if (row->fit.points >= 3)
        snprintf(facts, sizeof(facts), "%s: n^%.2f (%.2f to %.2f), %s", row->value,
                 row->fit.exponent, row->fit.low, row->fit.high, growth_shape_name(row->fit.shape));
    else
        snprintf(facts, sizeof(facts), "%s: n^%.2f from two sizes", row->value, row->fit.exponent);
    print_text(out, 8, 16, " class=\"name\"", title);
    print_text(out, 8, 32, "", facts);
}

static void print_panel(FILE *out, const struct growth *growth, const struct growth_row *row,
                        const struct scale *scale) {
    const double first = growth->sizes[0], last = growth->sizes[growth->size_count - 1];
    double low, high;
    find_range(growth, row, &low, &high);
    low = floor(low);
    print_title(out, row);
    print_axes(out, growth, scale, low);
    fprintf(out, "<line class=\"fit\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>\n",
            x_at(scale, first), y_at(scale, low, row->fit.scale * pow(first, row->fit.exponent)),
            x_at(scale, last), y_at(scale, low, row->fit.scale * pow(last, row->fit.exponent)));
    for (uint32_t i = 0; i < growth->size_count; i++) {
        if (row->values[i] > 0)
            fprintf(out, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\"/>\n",
                    x_at(scale, growth->sizes[i]), y_at(scale, low, row->values[i]));
    }
}

/* --- the picture ------------------------------------------------------------------------------ */

static void print_head(FILE *out, const struct growth *growth, uint32_t panels) {
    const uint32_t lines = (panels + COLUMNS - 1) / COLUMNS;
    fprintf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %u\" "
            "font-family=\"sans-serif\" "
            "font-size=\"11\">\n<title>",
            COLUMNS * WIDTH, HEAD + lines * HEIGHT);
    xml_text(out, growth->command);
    fputs("</title>\n<style>.grid{stroke:#ddd}.fit{stroke:#c33;stroke-width:1.5}circle{fill:#236}"
          "text{fill:#333}.name{font-weight:bold;font-size:12px}</style>\n"
          "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
          out);
    print_text(out, 8, 22, " class=\"name\"", growth->command);
}

int growth_print_svg(FILE *out, const struct growth *growth, const struct growth_page *page,
                     struct error *error) {
    const struct scale scale = find_scale(growth, page);
    uint32_t panels = 0, panel = 0;
    (void)error;
    for (uint32_t i = 0; i < growth->row_count && panels < MOST_PANELS; i++)
        panels += is_shown(&growth->rows[i], page);
    print_head(out, growth, panels);
    for (uint32_t i = 0; panel < panels; i++) {
        if (!is_shown(&growth->rows[i], page))
            continue;
        fprintf(out, "<g transform=\"translate(%u %u)\">\n", panel % COLUMNS * WIDTH,
                HEAD + panel / COLUMNS * HEIGHT);
        print_panel(out, growth, &growth->rows[i], &scale);
        fputs("</g>\n", out);
        panel++;
    }
    fputs("</svg>\n", out);
    return 0;
}
