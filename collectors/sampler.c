#include "collectors/sampler.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "collectors/line_tap.h"
#include "collectors/login.h"
#include "collectors/subjects.h"

#define TELL_AFTER (80 * NS_PER_MS) /* the end of a second: its last look has come by then */
#define NAMES_MAX  63               /* of headers; what is beyond is not told */
#define FOR_MAX_S  (7 * 24 * 3600)

enum state { STATE_OFF, STATE_ON, STATE_OVER, STATE_REFUSED, STATE_APART };

struct sampler {
    struct collector *c;
    struct login login;
    struct tap *tap; /* NULL: nobody asked yet */
    struct subjects *subjects;
    struct loop_source *timer;
    struct sample_writer *writer;
    struct buffer frames;
    struct text_pool *texts;

    enum state state;
    struct tap_wish wish;
    int64_t since_utc_ns, until_utc_ns, until_mono_ns; /* 0: no end */
    char server[300], problem[500];
    uint64_t ever, dropped;
    bool looking; /* messages that come belong to a look that counts */
    int waiting;  /* of these */
    struct tap_look look;
    char names[NAMES_MAX][TEXT_MAX_BYTES + 1];
    int name_count;
};

/* ---- what came ---- */

static void look_over(struct sampler *s) {
    if (s->looking)
        subjects_look_end(s->subjects, s->look.early, s->look.saw_s, s->look.of_s);
    s->looking = false;
}

static void on_look(void *data, const struct tap_look *look) {
    struct sampler *s = data;
    s->look = *look;
    s->looking = subjects_look(s->subjects, look->mono_ns / NS_PER_S);
    s->waiting = look->count;
    s->dropped += look->dropped;
    if (s->waiting == 0)
        look_over(s);
}

/* The bit of that name; 0: it has none. */
static uint64_t header_bit(struct sampler *s, const char *name) {
    char clean[TEXT_MAX_BYTES + 1];
    text_clean(clean, name, strlen(name));
    for (int i = 0; i < s->name_count; i++)
        if (strcmp(s->names[i], clean) == 0)
            return (uint64_t)1 << i;
    if (s->name_count == NAMES_MAX)
        return 0;
    memcpy(s->names[s->name_count], clean, sizeof clean);
    return (uint64_t)1 << s->name_count++;
}

static void on_message(void *data, const struct tap_message *m) {
    struct sampler *s = data;
    char clean[TEXT_MAX_BYTES + 1];
    struct tapped tapped = {.subject = clean, .bytes = m->bytes, .reply = m->reply};
    tapped.subject_len = text_clean(clean, m->subject, m->subject_len);
    for (int i = 0; i < m->header_count; i++)
        tapped.headers |= header_bit(s, m->headers[i]);
    if (s->looking)
        subjects_message(s->subjects, &tapped);
    s->ever += s->looking;
    if (--s->waiting == 0)
        look_over(s);
}

static void on_up(void *data, const char *server) {
    struct sampler *s = data;
    snprintf(s->server, sizeof s->server, "%s", server);
    if (s->state != STATE_APART)
        return;
    s->state = STATE_ON;
    s->problem[0] = '\0';
}

static void on_down(void *data, const char *server, enum failure failure, const char *why) {
    struct sampler *s = data;
    (void)failure;
    if (s->state == STATE_ON)
        s->state = STATE_APART;
    if (s->state == STATE_APART)
        snprintf(s->problem, sizeof s->problem, "%.250s: %.240s", server, why);
}

static void on_error(void *data, const char *text) {
    struct sampler *s = data;
    char quoted[TAP_SUBJECT_MAX + 4];
    snprintf(quoted, sizeof quoted, "\"%s\"", s->wish.subject);
    bool refused = strcasestr(text, "permissions violation") != NULL && strstr(text, quoted) != NULL;
    if (!refused || s->state != STATE_ON)
        return;
    tap_want(s->tap, NULL);
    s->state = STATE_REFUSED;
    snprintf(s->problem, sizeof s->problem, "who connects so may not subscribe to %.*s", TAP_SUBJECT_MAX,
             s->wish.subject);
}

static const struct tap_handler tap_handler = {on_up, on_down, on_error, on_look, on_message};

/* ---- what is told ---- */

static const struct text *text(struct sampler *s, const char *raw) {
    char clean[TEXT_MAX_BYTES + 1];
    size_t len = text_clean(clean, raw, strlen(raw));
    return text_intern(s->texts, clean, len);
}

static const char *const state_names[] = {[STATE_OFF] = "off",
                                          [STATE_ON] = "on",
                                          [STATE_OVER] = "over",
                                          [STATE_REFUSED] = "refused",
                                          [STATE_APART] = "not connected"};

static void tell_sampling(struct sampler *s, const struct subjects_window *w, int64_t end_utc_ns) {
    struct row_any any;
    struct row *row = &any.row;
    row_init(row, ENTITY_SAMPLING);
    row_put(row, F_SAMPLING_subject)->s = text(s, s->wish.subject);
    row_put(row, F_SAMPLING_state)->s = text(s, state_names[s->state]);
    if (s->problem[0] != '\0')
        row_put(row, F_SAMPLING_problem)->s = text(s, s->problem);
    if (s->server[0] != '\0')
        row_put(row, F_SAMPLING_server)->s = text(s, s->server);
    row_put(row, F_SAMPLING_since)->i = s->since_utc_ns;
    if (s->until_utc_ns > 0)
        row_put(row, F_SAMPLING_until)->i = s->until_utc_ns;
    row_put(row, F_SAMPLING_begin)->i = end_utc_ns - w->seconds * NS_PER_S;
    row_put(row, F_SAMPLING_end)->i = end_utc_ns;
    row_put(row, F_SAMPLING_looks)->u = (uint64_t)w->looks;
    row_put(row, F_SAMPLING_full)->u = (uint64_t)w->full;
    row_put(row, F_SAMPLING_messages)->u = w->messages;
    row_put(row, F_SAMPLING_distinct)->u = w->distinct;
    row_put(row, F_SAMPLING_left_out)->u = w->left_out;
    row_put(row, F_SAMPLING_dropped)->u = s->dropped;
    row_put(row, F_SAMPLING_most)->u = (uint64_t)s->wish.most;
    row_put(row, F_SAMPLING_span)->i = s->wish.ms * NS_PER_MS;
    row_put(row, F_SAMPLING_ever)->u = s->ever;
    sample_writer_row(s->writer, row);
}

static void put_headers(struct sampler *s, struct row *row, uint64_t headers) {
    char all[TEXT_MAX_BYTES] = "";
    size_t len = 0;
    for (int i = 0; i < s->name_count && len < sizeof all; i++)
        if (headers >> i & 1)
            len += (size_t)snprintf(all + len, sizeof all - len, "%s%s", len > 0 ? ", " : "", s->names[i]);
    if (len > 0)
        row_put(row, F_SUBJECT_headers)->s = text(s, all);
}

static void tell_subject(struct sampler *s, const struct subject_row *r, int64_t utc_of_zero) {
    struct row_any any;
    struct row *row = &any.row;
    row_init(row, ENTITY_SUBJECT);
    row_put(row, F_SUBJECT_subject)->s = text(s, r->name);
    row_put(row, F_SUBJECT_over)->u = r->over;
    row_put(row, F_SUBJECT_alike)->u = r->alike;
    row_put(row, F_SUBJECT_messages)->u = r->messages;
    row_put(row, F_SUBJECT_share)->f = r->share.share;
    row_put(row, F_SUBJECT_share_low)->f = r->share.low;
    row_put(row, F_SUBJECT_share_high)->f = r->share.high;
    row_put(row, F_SUBJECT_bytes_share)->f = r->bytes_share;
    if (r->messages > 0)
        row_put(row, F_SUBJECT_size)->f = (double)r->size / (double)r->messages;
    row_put(row, F_SUBJECT_largest)->u = r->largest;
    row_put(row, F_SUBJECT_replies)->u = r->replies;
    put_headers(s, row, r->headers);
    row_put(row, F_SUBJECT_last)->i = utc_of_zero + r->last_s * NS_PER_S;
    sample_writer_row(s->writer, row);
}

/* The ten seconds up to that one. */
static void tell(struct sampler *s, int64_t second) {
    struct subjects_window w;
    int64_t utc = clock_utc_ns(), mono = clock_mono_ns();
    const struct subject_row *rows = subjects_rows(s->subjects, second, &w);
    struct sample head = {.serial = ++s->c->client.serial,
                          .shape = SHAPE_SUBJECTS,
                          .asked_utc_ns = utc,
                          .asked_mono_ns = mono,
                          .answered_utc_ns = utc,
                          .answered_mono_ns = mono,
                          .error = text_empty};
    text_pool_clear(s->texts);
    sample_writer_begin(s->writer, &s->frames, &head);
    tell_sampling(s, &w, utc - mono + (second + 1) * NS_PER_S);
    for (size_t i = 0; i < w.rows; i++)
        tell_subject(s, &rows[i], utc - mono);
    sample_writer_end(s->writer, &head);
    outbox_sample(s->c->outbox, 0, SHAPE_SUBJECTS, &s->frames);
}

static void on_second(struct loop *loop, void *data) {
    (void)loop;
    struct sampler *s = data;
    int64_t now = clock_mono_ns(), second = (now - TELL_AFTER) / NS_PER_S;
    if (s->until_mono_ns > 0 && now >= s->until_mono_ns && s->state != STATE_OFF) {
        s->state = STATE_OVER;
        s->until_mono_ns = 0;
        tap_want(s->tap, NULL);
    }
    tell(s, second - 1);
    bool goes_on = s->state == STATE_ON || s->state == STATE_APART;
    loop_timer_set(s->timer, goes_on ? (second + 1) * NS_PER_S + TELL_AFTER : INT64_MAX);
}

/* ---- commands ---- */

static const char *number(const char *word, const char *name, long least, long most, long *out) {
    char *end;
    size_t n = strlen(name);
    if (strncmp(word, name, n) != 0)
        return "an option that is none";
    errno = 0;
    long value = strtol(word + n, &end, 10);
    if (errno != 0 || end == word + n || *end != '\0' || value < least || value > most)
        return "a number out of range";
    *out = value;
    return NULL;
}

static const char *option(const char *word, long *seconds, long *most, long *ms) {
    if (strncmp(word, "for=", 4) == 0)
        return number(word, "for=", 1, FOR_MAX_S, seconds);
    if (strncmp(word, "most=", 5) == 0)
        return number(word, "most=", TAP_LOOKS, TAP_MOST_MAX, most);
    return number(word, "ms=", TAP_LOOKS, TAP_MS_MAX, ms);
}

/* Words between dots; only whole ones are wildcards. */
bool sampler_takes(const char *subject) {
    for (const char *p = subject; *p != '\0'; p++)
        if ((unsigned char)*p <= ' ' || *p == 127)
            return false;
    if (strlen(subject) >= TAP_SUBJECT_MAX)
        return false;
    for (const char *p = subject;; p++) {
        size_t len = strcspn(p, ".");
        bool any = memchr(p, '*', len) != NULL, rest = memchr(p, '>', len) != NULL;
        if (len == 0 || ((any || rest) && len > 1) || (rest && p[len] != '\0'))
            return false;
        p += len;
        if (*p == '\0')
            return true;
    }
}

static const char *connect_tap(struct sampler *s) {
    char message[500];
    if (s->tap == NULL)
        s->tap = tap_create(s->c->loop, &s->login, &tap_handler, s, message, sizeof message);
    return s->tap != NULL ? NULL : "there is no connection for it";
}

const char *sampler_begin(struct sampler *s, char *words) {
    char *rest = NULL, *subject = strtok_r(words, " \r", &rest);
    long seconds = 0, most = TAP_MOST_DEFAULT, ms = TAP_MS_DEFAULT;
    if (subject == NULL || !sampler_takes(subject))
        return "a subject that is none";
    for (char *word; (word = strtok_r(NULL, " \r", &rest)) != NULL;) {
        const char *problem = option(word, &seconds, &most, &ms);
        if (problem != NULL)
            return problem;
    }
    bool first = s->tap == NULL;
    const char *problem = connect_tap(s);
    if (problem != NULL)
        return problem;
    int64_t now = clock_mono_ns();
    s->wish = (struct tap_wish){.most = (int)most, .ms = (int)ms};
    snprintf(s->wish.subject, sizeof s->wish.subject, "%s", subject);
    s->since_utc_ns = clock_utc_ns();
    s->until_utc_ns = seconds > 0 ? s->since_utc_ns + seconds * NS_PER_S : 0;
    s->until_mono_ns = seconds > 0 ? now + seconds * NS_PER_S : 0;
    s->state = first || s->server[0] == '\0' || s->state == STATE_APART ? STATE_APART : STATE_ON;
    s->problem[0] = '\0';
    s->ever = s->dropped = 0;
    s->looking = false;
    s->waiting = 0;
    subjects_clear(s->subjects);
    tap_want(s->tap, &s->wish);
    loop_timer_set(s->timer, now);
    return NULL;
}

const char *sampler_end(struct sampler *s) {
    if (s->tap == NULL || s->state == STATE_OFF)
        return NULL;
    tap_want(s->tap, NULL);
    s->state = STATE_OFF;
    s->problem[0] = '\0';
    s->until_utc_ns = s->until_mono_ns = 0;
    loop_timer_set(s->timer, clock_mono_ns());
    return NULL;
}

/* ---- life ---- */

struct sampler *sampler_create(struct collector *c, const struct login *login) {
    struct sampler *s = memory_new(sizeof *s);
    s->c = c;
    login_copy(&s->login, login);
    s->subjects = subjects_create();
    s->timer = loop_add_timer(c->loop, INT64_MAX, on_second, s);
    s->writer = sample_writer_create(c->client.source);
    s->texts = text_pool_create();
    return s;
}

void sampler_stop(struct sampler *s) {
    if (s != NULL && s->tap != NULL)
        tap_end(s->tap);
}

int64_t sampler_stuck_ns(const struct sampler *s, char *what, size_t size) {
    return s != NULL && s->tap != NULL ? tap_stuck_ns(s->tap, what, size) : 0;
}
