#include "tests/harness/jetstream.h"

#include "tests/harness/http_get.h"
#include "tests/harness/servers.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static json_t *ask_once(struct natsc *c, const char *call, const char *body, int ms) {
    char subject[300];
    snprintf(subject, sizeof subject, "$JS.API.%s", call);
    char *reply = natsc_request(c, subject, body, ms);
    json_t *answer = reply ? json_loads(reply, JSON_ALLOW_NUL, NULL) : NULL;
    free(reply);
    return answer;
}

json_t *jetstream_ask(struct natsc *c, const char *call, const char *body) {
    int64_t deadline = servers_now_ms() + 4 * JETSTREAM_MS;
    char *said = NULL;
    while (servers_now_ms() < deadline && !natsc_closed(c)) {
        json_t *answer = ask_once(c, call, body, JETSTREAM_MS / 2);
        if (answer && !json_object_get(answer, "error")) {
            free(said);
            return answer;
        }
        free(said);
        said = answer ? json_dumps(answer, 0) : NULL;
        json_decref(answer);
        nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    }
    fprintf(stderr, "jetstream: %s: %s\n", call, said ? said : "no answer");
    free(said);
    return NULL;
}

static bool asked(struct natsc *c, const char *call, const char *body) {
    json_t *answer = jetstream_ask(c, call, body);
    json_decref(answer);
    return answer != NULL;
}

bool jetstream_add_stream(struct natsc *c, const char *name, const char *subject, int replicas) {
    char call[200], body[400];
    snprintf(call, sizeof call, "STREAM.CREATE.%s", name);
    snprintf(body, sizeof body,
             "{\"name\":\"%s\",\"subjects\":[\"%s\"],\"num_replicas\":%d,\"storage\":\"file\"}", name,
             subject, replicas);
    return asked(c, call, body);
}

bool jetstream_add_consumer(struct natsc *c, const char *stream, const char *name, const char *filter) {
    char call[200], body[600], wants[200] = "";
    if (filter)
        snprintf(wants, sizeof wants, ",\"filter_subject\":\"%s\"", filter);
    snprintf(call, sizeof call, "CONSUMER.DURABLE.CREATE.%s.%s", stream, name);
    snprintf(body, sizeof body,
             "{\"stream_name\":\"%s\",\"config\":{\"durable_name\":\"%s\",\"ack_policy\":\"explicit\","
             "\"deliver_policy\":\"all\",\"ack_wait\":600000000000%s}}",
             stream, name, wants);
    return asked(c, call, body);
}

json_t *jetstream_consumer_info(struct natsc *c, const char *stream, const char *name) {
    char call[200];
    snprintf(call, sizeof call, "CONSUMER.INFO.%s.%s", stream, name);
    return ask_once(c, call, "", 1000);
}

double jetstream_lag(json_t *info) {
    return json_path_number(info, "num_pending") + json_path_number(info, "num_ack_pending");
}

const char *jetstream_leader(json_t *info) {
    const char *leader = json_string_value(json_path(info, "cluster.leader"));
    return leader ? leader : "";
}

int jetstream_pull(struct natsc *c, const char *stream, const char *consumer, int take, int ack) {
    char subject[300], inbox[100], body[100];
    struct natsc_message message;
    int64_t deadline = servers_now_ms() + JETSTREAM_MS;
    int n = 0;
    snprintf(inbox, sizeof inbox, "pulled.%s.%lld", consumer, (long long)servers_now_ms());
    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.MSG.NEXT.%s.%s", stream, consumer);
    snprintf(body, sizeof body, "{\"batch\":%d,\"expires\":%d000000}", take, JETSTREAM_MS);
    int sid = natsc_subscribe(c, inbox, NULL);
    if (!sid || !natsc_publish(c, subject, inbox, body, strlen(body)))
        return 0;
    while (n < take && natsc_next(c, &message, (int)(deadline - servers_now_ms()))) {
        if (message.sid != sid || strncmp(message.reply, "$JS.ACK.", 8) != 0)
            continue;
        if (n++ < ack)
            natsc_publish(c, message.reply, NULL, "+ACK", 4);
    }
    natsc_unsubscribe(c, sid);
    return natsc_flush(c, JETSTREAM_MS) ? n : 0;
}

bool jetstream_step_down(struct natsc *c, const char *stream, const char *consumer) {
    char call[200];
    snprintf(call, sizeof call, "CONSUMER.LEADER.STEPDOWN.%s.%s", stream, consumer);
    return asked(c, call, "");
}

bool jetstream_store(struct natsc *c, const char *subject, int ms) {
    char *word = NULL;
    for (int64_t deadline = servers_now_ms() + ms; !word && servers_now_ms() < deadline;)
        word = natsc_request(c, subject, "x", JETSTREAM_MS); /* asked again too soon it is stored twice */
    bool stored = word != NULL;
    free(word);
    return stored;
}
