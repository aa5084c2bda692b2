#include "outward/alert_words.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/memory.h"
#include "outward/alert_document.h"
#include "outward/alert_join.h"
#include "views/alert_members.h"

#define OVER NS_PER_S /* a time long ago: the silence is taken back */

static void remember(struct alert_words *words, json_t **of, const char *const about[4], json_t *word) {
    char *key = memory_format("%s\n%s\n%s\n%s", about[0], about[1], about[2], about[3]);
    if (*of == NULL)
        *of = json_object();
    json_object_set_new(*of, key, word);
    free(key);
    words->last++;
}

void alert_words_of_alert(struct alert_words *words, const struct alert *alert) {
    json_t *word = json_object();
    alert_members_add(word, alert);
    remember(words, &words->alerts,
             (const char *const[]){alert->entity, alert->cluster, alert->name, alert->tag}, word);
}

void alert_words_of_silence(struct alert_words *words, const struct model *model, const char *entity,
                            const char *cluster, const char *name) {
    struct silence silence = {
        .entity = entity, .cluster = cluster, .name = name, .until_utc_ns = OVER, .note = ""};
    json_t *word = json_object();
    for (size_t i = 0; i < model_silence_count(model); i++) {
        const struct silence *s = model_silence_at(model, i);
        if (strcmp(s->entity, entity) == 0 && strcmp(s->cluster, cluster) == 0 && strcmp(s->name, name) == 0)
            silence = *s;
    }
    silence_members_add(word, &silence);
    remember(words, &words->silences, (const char *const[]){entity, cluster, name, ""}, word);
}

bool alert_words_any(const struct alert_words *words) {
    return words->alerts != NULL || words->silences != NULL;
}

void alert_words_clear(struct alert_words *words) {
    json_decref(words->alerts);
    json_decref(words->silences);
    *words = (struct alert_words){0};
}

static json_t *values(json_t *of) {
    json_t *all = json_array();
    for (void *at = json_object_iter(of); at != NULL; at = json_object_iter_next(of, at))
        json_array_append(all, json_object_iter_value(at));
    return all;
}

void alert_words_write(const struct alert_words *words, const char *cluster, struct buffer *out) {
    json_t *alerts = values(words->alerts), *silences = values(words->silences);
    alert_document_write_words(alerts, silences, cluster, out);
    json_decref(alerts);
    json_decref(silences);
}

void alert_words_say(const struct alert_words *words, struct model *model) {
    struct buffer text = {0};
    struct alert_document document;
    char why[200];
    alert_words_write(words, "", &text);
    if (alert_document_read(&document, text.data, text.len, why, sizeof why) == ALERT_DOCUMENT_GOOD) {
        alert_join_said(model, &document);
        alert_document_finish(&document);
    }
    buffer_finish(&text);
}
