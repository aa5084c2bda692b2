#include "tui/surface.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

static int braille_dots(uint32_t c) {
    return __builtin_popcount(c & 0xff);
}

char surface_ascii(uint32_t c) {
    if (c >= 0x20 && c < 0x7f)
        return (char)c;
    if (c >= 0x2800 && c <= 0x28ff) {
        int dots = braille_dots(c);
        return dots == 0 ? ' ' : dots < 3 ? '.' : dots < 6 ? ':' : '#';
    }
    if (c == 0x2264) /* at most */
        return '<';
    if (c == 0x2265 || c == 0x2026) /* at least; cut */
        return '>';
    return c == 0xb5 || c == 0x3bc ? 'u' : '?'; /* micro sign */
}

static void append_cell(struct buffer *out, const struct surface_cell *cell, bool ascii) {
    char bytes[4];
    if (cell->width == 0) {
        if (ascii)
            buffer_append(out, " ", 1);
        return;
    }
    if (ascii) {
        bytes[0] = surface_ascii(cell->c);
        buffer_append(out, bytes, 1);
        return;
    }
    buffer_append(out, bytes, utf8_encode(bytes, cell->c));
}

char *surface_plain(const struct surface *s) {
    struct buffer out = {0};
    for (int y = 0; y < s->rows; y++) {
        const struct surface_cell *row = &s->cells[(size_t)y * (size_t)s->cols];
        int end = s->cols;
        while (end > 0 && row[end - 1].c == ' ' && row[end - 1].width == 1)
            end--;
        for (int x = 0; x < end; x++)
            append_cell(&out, &row[x], s->ascii);
        buffer_append(&out, "\n", 1);
    }
    char *text = memory_text(buffer_text(&out));
    buffer_finish(&out);
    return text;
}
