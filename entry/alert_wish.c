#include "entry/alert_wish.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "model/alert_object.h"
#include "views/quantity_table.h"
#include "views/quantity_text.h"

#define NARROW     60 /* columns: the question is short */
#define LONGEST_NS (366 * 86400 * NS_PER_S)

static char fault[STAGE_MESSAGE_SIZE];

static void say(struct app *app, const char *text) {
    stage_say(&app->stage, clock_mono_ns() + NS_PER_S, false, text);
}

/* Another natsight keeps the alerts; NULL: we do, or nobody. */
static const char *refusal(const struct app *app) {
    return app->alerts != NULL ? alert_file_refusal(app->alerts) : NULL;
}

/* ---- of whom ---- */

/* The live one that is shown as this. A paused screen has the numbers of then, and with another natsight's
 * file ours may be others by now. */
static const struct alert *live_one(const struct app *app, uint64_t number) {
    const struct alert *live = model_alert_by_number(app->model, number);
    const struct alert *shown =
        app->stage.frozen != NULL ? model_alert_by_number(app->stage.frozen, number) : live;
    bool same = live != NULL && shown != NULL && strcmp(live->tag, shown->tag) == 0 &&
                strcmp(live->name, shown->name) == 0;
    return same ? live : NULL;
}

struct alerted { /* texts of their own: what they are of may be gone by then */
    char kind[40], cluster[TEXT_MAX_BYTES + 1], name[CLIENT_CALLED_SIZE];
};

/* A connection is gone with the next cut: who has a name is known by that. */
static void be_client(struct alerted *e, const char *client) {
    if (*client == '\0')
        return;
    snprintf(e->kind, sizeof e->kind, "%s", object_kind_name(OBJECT_CLIENT));
    snprintf(e->name, sizeof e->name, "%s", client);
}

static struct alerted entity_of_alert(const struct alert *alert) {
    struct alerted e;
    snprintf(e.kind, sizeof e.kind, "%s", alert->entity);
    snprintf(e.cluster, sizeof e.cluster, "%s", alert->cluster);
    snprintf(e.name, sizeof e.name, "%s", alert->name);
    be_client(&e, alert->client);
    return e;
}

static struct alerted entity_of_object(const struct model *model, const struct object *object) {
    struct alerted e = {.cluster = ""};
    char client[CLIENT_CALLED_SIZE];
    model_client_called(object, client, sizeof client);
    snprintf(e.kind, sizeof e.kind, "%s", object_kind_name(object->kind));
    model_object_name(model, object, e.name, sizeof e.name);
    be_client(&e, client);
    while (object->parent != NULL && object->kind != OBJECT_CLUSTER)
        object = object->parent;
    if (object->kind == OBJECT_CLUSTER)
        snprintf(e.cluster, sizeof e.cluster, "%s", quantity_name_text(model, object, Q_CLUSTER_name));
    return e;
}

static const struct alert *worst_of(const struct model *model, uint64_t object) {
    for (size_t i = 0; i < model_alert_count(model); i++) {
        const struct alert *alert = model_alert(model, i);
        if (alert->state == ALERT_OPEN && alert->object == object)
            return alert;
    }
    return NULL;
}

/* The one that is selected, or the worst of the object whose page is open; NULL: there is none. */
static const struct alert *alert_here(struct app *app) {
    struct stage *st = &app->stage;
    const struct quantity_list *list = list_of_view(stage_view(st), st->states[st->here.view]);
    if (list != NULL && list->kind == OBJECT_ALERT)
        return model_alert_by_number(app->model, alert_number_of(table_selected(&list->table)));
    return st->here.object != 0 ? worst_of(app->model, st->here.object) : NULL;
}

/* ---- what is done ---- */

static const char *who(char out[TEXT_MAX_BYTES + 1]) {
    const char *user = getenv("USER");
    if (user == NULL || *user == '\0')
        user = getenv("LOGNAME");
    text_clean(out, user != NULL ? user : "", user != NULL ? strlen(user) : 0);
    return out;
}

/* Why nobody can say that he is on it; NULL: he can. */
static const char *not_open(const struct app *app, const struct alert *alert) {
    char clock[TIME_TEXT_SIZE], span[TIME_TEXT_SIZE];
    int64_t left_ns = alert->due_utc_ns - model_utc_ns(app->model);
    if (alert->state == ALERT_OPEN)
        return NULL;
    time_format_clock(clock, alert->ended_utc_ns, app->stage.local_time);
    lasted_format(span, left_ns);
    if (alert->state == ALERT_CLEARED)
        snprintf(fault, sizeof fault, "it is over since %s; nothing to acknowledge", clock);
    else if (left_ns > 0)
        snprintf(fault, sizeof fault, "it is not open yet, but in %s if it goes on", span);
    else
        return "it is not open yet, but at the next answer if it goes on";
    return fault;
}

static const char *ack(struct app *app, uint64_t number, const char *note) {
    char text[STAGE_MESSAGE_SIZE], by[TEXT_MAX_BYTES + 1];
    const struct alert *alert = live_one(app, number);
    const char *wrong = alert != NULL ? not_open(app, alert) : "it is not there any more";
    if (wrong != NULL)
        return wrong;
    who(by);
    model_alert_ack(app->model, number, by, note);
    if (app->stage.frozen != NULL)
        model_alert_ack(app->stage.frozen, number, by, note);
    snprintf(text, sizeof text, "acknowledged: %s %.200s", alert->tag, alert->name);
    say(app, text);
    alert_file_said_alert(app->alerts, number);
    return NULL;
}

static void unack(struct app *app, uint64_t number) {
    char text[STAGE_MESSAGE_SIZE];
    const struct alert *alert = live_one(app, number);
    bool done = model_alert_unack(app->model, number);
    if (app->stage.frozen != NULL)
        model_alert_unack(app->stage.frozen, number);
    alert_file_said_alert(app->alerts, number);
    snprintf(text, sizeof text, done ? "taken back: %s %.200s" : "it is not acknowledged",
             alert ? alert->tag : "", alert ? alert->name : "");
    say(app, text);
}

static bool silence(struct app *app, const struct alerted *e, int64_t until_utc_ns, const char *note) {
    if (app->stage.frozen != NULL)
        model_silence(app->stage.frozen, e->kind, e->cluster, e->name, until_utc_ns, note);
    bool done = model_silence(app->model, e->kind, e->cluster, e->name, until_utc_ns, note);
    alert_file_said_silence(app->alerts, e->kind, e->cluster, e->name);
    return done;
}

/* "30m", "2h, upgrade" */
static const char *silence_for(struct app *app, const struct alerted *e, const char *text) {
    double ns;
    enum unit unit;
    char clock[TIME_TEXT_SIZE], said[STAGE_MESSAGE_SIZE];
    text += strspn(text, " ");
    size_t len = number_parse(text, &ns, &unit);
    bool ends = len > 0 && strchr(" ,", text[len]) != NULL; /* the text's end, too */
    if (!ends || unit != UNIT_NS || ns <= 0 || ns > (double)LONGEST_NS)
        return "for how long? 30m, 2h, 1d; behind that a note";
    int64_t until = model_utc_ns(app->model) + (int64_t)ns;
    if (!silence(app, e, until, text + len + strspn(text + len, " ,")))
        return "so much is silenced that there is no room for more";
    time_format_clock(clock, until, app->stage.local_time);
    snprintf(said, sizeof said, "%s %.200s is silenced until %s", e->kind, e->name, clock);
    say(app, said);
    return NULL;
}

static bool is_silenced(const struct app *app, const struct alerted *e) {
    for (size_t i = 0; i < model_silence_count(app->model); i++) {
        const struct silence *s = model_silence_at(app->model, i);
        bool here = !*s->cluster || !*e->cluster || strcmp(s->cluster, e->cluster) == 0;
        if (here && strcmp(s->entity, e->kind) == 0 && strcmp(s->name, e->name) == 0)
            return true;
    }
    return false;
}

static const char *speak_again(struct app *app, const struct alerted *e) {
    char text[STAGE_MESSAGE_SIZE];
    if (!is_silenced(app, e)) {
        snprintf(fault, sizeof fault, "%s %.150s is not silenced itself: what it is part of may be", e->kind,
                 e->name);
        return fault;
    }
    silence(app, e, 0, "");
    snprintf(text, sizeof text, "%s %.200s is not silenced any more", e->kind, e->name);
    say(app, text);
    return NULL;
}

/* ---- asking ---- */

/* A note is typed blindly behind the key: it must not become keys of the view. */
static void refuse(struct app *app, enum alert_wish wish, const char *why) {
    char key[32], label[60];
    keymap_first(ACTION_CANCEL, key, sizeof key);
    snprintf(label, sizeof label, "no %s (%s closes) ", wish == ALERT_ACK ? "ack" : "mute", key);
    prompt_refuse(&app->stage.prompt, label, why);
}

static void ask(struct app *app, enum alert_wish wish, const struct alert *alert) {
    char what[120], label[sizeof app->stage.prompt.label];
    int room = app->surface->cols / 2;
    const char *question = wish == ALERT_ACK ? "note" : "for (30m, 2h, note)";
    struct alerted e = entity_of_alert(alert);
    bool acks = wish == ALERT_ACK;
    snprintf(what, sizeof what, "%s %.60s, ", acks ? alert->tag : e.kind, acks ? alert->name : e.name);
    if (app->surface->cols < NARROW || text_width(what) + text_width(question) > room)
        what[0] = '\0';
    snprintf(label, sizeof label, "%s %s%s: ", wish == ALERT_ACK ? "ack" : "mute", what, question);
    app->asked_wish = wish;
    app->asked_alert = alert->number;
    app_open_prompt(app, label, "");
}

void alert_wish(struct app *app, enum alert_wish wish, uint64_t number) {
    const struct alert *alert = live_one(app, number);
    const char *wrong = refusal(app);
    bool wants_words = wish == ALERT_ACK || wish == ALERT_SILENCE;
    if (wrong == NULL && alert == NULL)
        wrong = "it is not there any more";
    if (wrong == NULL && wish == ALERT_ACK)
        wrong = not_open(app, alert);
    if (wrong != NULL && wants_words) {
        refuse(app, wish, wrong);
        return;
    }
    if (wrong == NULL && wish == ALERT_UNACK)
        unack(app, number);
    if (wrong == NULL && wish == ALERT_UNSILENCE) {
        struct alerted e = entity_of_alert(alert);
        wrong = speak_again(app, &e);
    }
    if (wrong != NULL)
        stage_say(&app->stage, clock_mono_ns() + 2 * NS_PER_S, true, wrong);
    else if (wants_words)
        ask(app, wish, alert);
}

const char *alert_answer(struct app *app, const char *text) {
    const struct alert *alert = live_one(app, app->asked_alert);
    if (alert == NULL)
        return "it is not there any more";
    struct alerted e = entity_of_alert(alert);
    return app->asked_wish == ALERT_ACK ? ack(app, alert->number, text) : silence_for(app, &e, text);
}

/* ---- behind : ---- */

const char *alert_ack_here(struct app *app, const char *note) {
    const struct alert *alert = alert_here(app);
    if (refusal(app) != NULL)
        return refusal(app);
    return alert != NULL ? ack(app, alert->number, note)
                         : "which one? select it in the view Alerts, or open the page of what it is about";
}

const char *alert_silence_here(struct app *app, const char *text) {
    const struct alert *alert = alert_here(app);
    const struct object *object = model_object(app->model, app->stage.here.object);
    if (refusal(app) != NULL)
        return refusal(app);
    if (alert == NULL && object == NULL)
        return "what? select an alert, or open the page of what is to be silenced";
    struct alerted e = alert != NULL ? entity_of_alert(alert) : entity_of_object(app->model, object);
    return strcmp(text, "off") == 0 ? speak_again(app, &e) : silence_for(app, &e, text);
}
