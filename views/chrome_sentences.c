/* What is wrong, in words: as many findings as there are rows. What is of another kind comes before more of
 * the same, so that three dead servers do not hide what their death did. */
#include "views/chrome_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "model/alerts.h"
#include "model/sentence.h"
#include "tui/table.h"
#include "views/faults.h"

enum {
    LINES_MOST = 8,
    MARK_WIDTH = 3,
    TAG_WIDTH = 6,
    TAG_WIDEST = 12,
    WIDE = 50,
    WIDER = 100,
    NAME_LEAST = 24
};
enum { TAG_SIZE = 4 * TAG_WIDEST + 4 };

struct line {
    const struct finding *finding;
    size_t count; /* of one cause, that this line is about */
    size_t more;  /* of the same tag, that have no line */
    int tag;      /* columns of its tag, and of those of other lines */
};

typedef bool alike_fn(const struct model *model, const struct finding *a, const struct finding *b);

static bool same_tag(const struct model *model, const struct finding *a, const struct finding *b) {
    (void)model;
    return strcmp(finding_tag(a), finding_tag(b)) == 0;
}

static const struct object *stream_of(const struct model *model, const struct finding *f) {
    const struct object *object = model_object(model, f->object);
    bool asset = object && (object->kind == OBJECT_STREAM || object->kind == OBJECT_CONSUMER);
    return asset ? model_stream_of(model, object) : NULL;
}

/* What a stream loses is what a consumer of it did not get. */
static bool same_matter(const struct model *model, const struct finding *a, const struct finding *b) {
    const struct object *stream = stream_of(model, a);
    return same_tag(model, a, b) || (stream && stream == stream_of(model, b));
}

static bool same_rule(const struct model *model, const struct finding *a, const struct finding *b) {
    (void)model;
    return a->rule == b->rule;
}

static bool same_cause(const struct model *model, const struct finding *a, const struct finding *b) {
    (void)model;
    return finding_same_cause(a, b);
}

/* Of one severity first one of each tag and stream, then of each tag, then of each rule, then of each cause.
 */
static alike_fn *const rounds[] = {same_matter, same_tag, same_rule, same_cause};

static bool has_alike(const struct model *model, const struct line *lines, int count, const struct finding *f,
                      alike_fn *alike) {
    for (int i = 0; i < count; i++)
        if (lines[i].finding->severity == f->severity && alike(model, lines[i].finding, f))
            return true;
    return false;
}

/* At its place in the order of the findings. */
static void insert(struct line *lines, int count, const struct finding *f) {
    int at = count;
    while (at > 0 && lines[at - 1].finding > f)
        at--;
    memmove(lines + at + 1, lines + at, (size_t)(count - at) * sizeof(*lines));
    lines[at] = (struct line){f, 0, 0, 0};
}

static int pick_of(const struct model *model, enum severity severity, struct line *lines, int count,
                   int most) {
    size_t findings_count;
    const struct finding *findings = model_burning(model, &findings_count);
    for (size_t r = 0; r < sizeof(rounds) / sizeof(rounds[0]); r++)
        for (size_t i = 0; i < findings_count && count < most; i++) {
            const struct finding *f = &findings[i];
            if (f->severity == severity && !f->lesser && !has_alike(model, lines, count, f, rounds[r]))
                insert(lines, count++, f);
        }
    return count;
}

static struct line *last_alike(const struct model *model, struct line *lines, int count,
                               const struct finding *f, alike_fn *alike) {
    for (int l = count; l-- > 0;)
        if (alike(model, lines[l].finding, f))
            return &lines[l];
    return NULL;
}

static void count_in(const struct model *model, struct line *lines, int count, const struct finding *f) {
    struct line *its = last_alike(model, lines, count, f, same_cause);
    struct line *behind =
        its ? NULL : last_alike(model, lines, count, f, same_tag); /* the last of its kind */
    if (its)
        its->count++;
    else if (behind)
        behind->more++;
}

static int pick(const struct model *model, struct line *lines, int most) {
    size_t findings_count;
    const struct finding *findings = model_burning(model, &findings_count);
    int count = pick_of(model, SEVERITY_CRIT, lines, 0, most < LINES_MOST ? most : LINES_MOST);
    count = pick_of(model, SEVERITY_WARN, lines, count, most < LINES_MOST ? most : LINES_MOST);
    for (size_t i = 0; i < findings_count; i++) {
        if (!findings[i].lesser)
            count_in(model, lines, count, &findings[i]);
    }
    return count;
}

/* How much of a text stands on the first of two rows: whole words. */
static size_t first_part(const char *text, int width) {
    char cut[1100];
    text_cut(cut, sizeof(cut), text, width + 1);
    size_t len = strlen(cut);
    while (len > 0 && cut[len] != ' ')
        len--;
    return len;
}

static void more_text(const struct line *line, char out[static 40]) {
    *out = '\0';
    if (line->more)
        snprintf(out, 40, "%zu more", line->more);
}

/* The limit goes behind the words where it takes nothing from what else stands there. */
static void add_limit(const struct model *model, const struct line *line, char *out, size_t size, int width,
                      int rows) {
    char limit[400], more[40];
    bool two = rows > 1 && text_width(out) > width;
    const char *last = two ? out + first_part(out, width) : out;
    more_text(line, more);
    int taken = text_width(last) + (*more ? text_width(more) + 3 : 0);
    if (finding_limit_unsaid(model, line->finding, out, limit, sizeof(limit)) &&
        taken + 2 + text_width(limit) <= width)
        snprintf(out + strlen(out), size - strlen(out), "  %s", limit);
}

/* Names are as long as there is room for what is said of them, or as may be; where that is not enough, all
 * that it is about gets shorter. */
static void say(const struct model *model, const struct line *line, char *out, size_t size, int width,
                int rows) {
    static const int names[] = {SENTENCE_NAME_COLUMNS, 40, 32, NAME_LEAST};
    size_t tries = width > WIDE ? sizeof(names) / sizeof(names[0]) : 1;
    char whole[512];
    for (size_t i = 0; i < tries; i++) {
        finding_text_short(model, line->finding, line->count, names[i], whole, sizeof(whole));
        if (text_width(whole) <= width * rows)
            break;
    }
    sentence_fit(whole, width, rows, out, size);
    add_limit(model, line, out, size, width, rows);
}

/* A rule of a user may have its name there: as wide as the longest of them, where there is room. */
static void fit_tags(struct line *lines, int count, int width) {
    int most = width >= WIDER ? TAG_WIDEST : TAG_WIDTH, widest = TAG_WIDTH;
    for (int i = 0; i < count; i++) {
        int own = text_width(finding_tag(lines[i].finding));
        lines[i].tag = own < most ? own : most;
        widest = lines[i].tag > widest ? lines[i].tag : widest;
    }
    for (int i = 0; i < count && width >= WIDE; i++)
        lines[i].tag = widest;
}

static const char *tag_of(const struct line *line, char out[static TAG_SIZE]) {
    text_cut(out, TAG_SIZE, finding_tag(line->finding), line->tag);
    return out;
}

/* Columns in front of the words. */
static int indent_of(const struct line *line) {
    return MARK_WIDTH + line->tag + 1;
}

static bool fits(const struct line *line, const char *text, int width) {
    return indent_of(line) + text_width(text) <= width;
}

/* How many more of its kind there are, where that costs no word. */
static void draw_more(const struct line *line, struct surface *s, struct rect rows, int x, int y) {
    char more[40];
    more_text(line, more);
    int at = rows.x + rows.w - text_width(more) - 1;
    if (line->more && at >= x + 2)
        surface_text(s, rows, at, y, ROLE_MUTED, 0, more);
}

static void draw_line(const struct line *line, const char *text, struct surface *s, struct rect rows) {
    char shown[1100], tag[TAG_SIZE];
    const struct finding *f = line->finding;
    enum role role = table_mark_role((int)f->severity);
    int indent = indent_of(line), room = rows.w - indent, x = rows.x + indent, y = rows.y;
    size_t first = rows.h > 1 ? first_part(text, room) : 0;
    surface_text(s, rows, rows.x, y, role, ATTR_BOLD, f->severity == SEVERITY_CRIT ? "!!" : " !");
    surface_text(s, rows, rows.x + MARK_WIDTH, y, role, ATTR_BOLD, tag_of(line, tag));
    if (first) {
        snprintf(shown, sizeof(shown), "%.*s", (int)first, text);
        surface_text(s, rows, x, y++, ROLE_TEXT, 0, shown);
        first += strspn(text + first, " ");
    }
    text_cut(shown, sizeof(shown), text + first, room);
    x += surface_text(s, rows, x, y, ROLE_TEXT, 0, shown);
    draw_more(line, s, rows, x, y);
}

void chrome_worst(const struct model *model, struct surface *s, struct rect row) {
    struct line lines[LINES_MOST];
    char text[512], shown[1100], tag[TAG_SIZE];
    if (pick(model, lines, 1) < 1)
        return;
    fit_tags(lines, 1, 0);
    int x = row.x + surface_text(s, row, row.x, row.y, table_mark_role((int)lines[0].finding->severity),
                                 ATTR_BOLD, tag_of(&lines[0], tag));
    say(model, &lines[0], text, sizeof(text), row.x + row.w - x - 1, 1);
    text_cut(shown, sizeof(shown), text, row.x + row.w - x - 1);
    surface_text(s, row, x + 1, row.y, ROLE_TEXT, 0, shown);
}

static void draw_fault(const struct view_context *context, const struct fault_query *unsaid,
                       struct surface *s, struct rect row) {
    char text[512];
    faults_text(text, sizeof(text), context, unsaid, row.w - MARK_WIDTH);
    if (!*text)
        return;
    surface_text(s, row, row.x, row.y, ROLE_UNKNOWN, ATTR_BOLD, " ?");
    surface_text(s, row, row.x + MARK_WIDTH, row.y, ROLE_TEXT, 0, text);
}

void chrome_sentences(const struct view_context *context, struct surface *s, struct rect rows) {
    static const struct fault_query unsaid = {.shapes = FAULTS_ALL, .unsaid = true};
    struct line lines[LINES_MOST];
    const struct model *model = context->model;
    int most = rows.w < WIDE && rows.h > 2 ? (rows.h + 1) / 2 : rows.h; /* two rows each there */
    int count = most > 0 ? pick(model, lines, most) : 0, y = rows.y;
    bool fault = faults_worst(model, &unsaid).server != NULL;
    int spare = rows.h - count - (fault ? 1 : 0);
    fit_tags(lines, count, rows.w);
    for (int i = 0; i < count; i++) {
        char text[512];
        say(model, &lines[i], text, sizeof(text), rows.w - indent_of(&lines[i]), spare > 0 ? 2 : 1);
        int h = spare > 0 && !fits(&lines[i], text, rows.w) ? 2 : 1;
        spare -= h - 1;
        draw_line(&lines[i], text, s, (struct rect){rows.x, y, rows.w, h});
        y += h;
    }
    if (y < rows.y + rows.h)
        draw_fault(context, &unsaid, s, (struct rect){rows.x, y, rows.w, 1});
}
