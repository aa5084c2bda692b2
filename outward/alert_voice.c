#include "outward/alert_voice.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static void say_once(struct alert_voice *v, bool warning, const char *text) {
    if (strcmp(text, v->said) == 0)
        return;
    snprintf(v->said, sizeof v->said, "%s", text);
    v->say(v->data, warning, text);
}

void alert_voice_not_kept(struct alert_voice *v, const char *reason) {
    char text[700];
    snprintf(v->reason, sizeof v->reason, "%s", reason);
    snprintf(text, sizeof text, "alerts are not kept: %s", reason);
    say_once(v, true, text);
}

void alert_voice_kept(struct alert_voice *v) {
    char text[400];
    v->reason[0] = '\0';
    if (v->said[0] == '\0')
        return;
    snprintf(text, sizeof text, "alerts are kept here from now on: those of %.200s", v->called);
    v->say(v->data, false, text);
    v->said[0] = '\0';
}

static const char *name_of(pid_t holder, char out[static 40]) {
    if (holder > 0)
        snprintf(out, 40, "natsight %ld", (long)holder);
    else
        snprintf(out, 40, "another natsight");
    return out;
}

void alert_voice_read_only(struct alert_voice *v, pid_t holder, bool passes) {
    char text[400], who[40];
    v->reason[0] = '\0';
    name_of(holder, who);
    snprintf(v->refusal, sizeof v->refusal, "%s keeps the alerts of %.150s: say it there", who, v->called);
    snprintf(v->status, sizeof v->status, passes ? "kept by %s" : "only read", who);
    if (passes)
        snprintf(text, sizeof text,
                 "what is said here goes to %s: it keeps the alerts of %.200s, and runs the hooks", who,
                 v->called);
    else
        snprintf(text, sizeof text, "alerts are only read here: %s keeps those of %.200s, and runs the hooks",
                 who, v->called);
    say_once(v, false, text);
}

void alert_voice_stopped(struct alert_voice *v, pid_t holder, int64_t since_utc_ns) {
    char text[400], who[40], since[20];
    struct tm utc;
    time_t s = (time_t)(since_utc_ns / NS_PER_S);
    v->reason[0] = '\0';
    name_of(holder, who);
    strftime(since, sizeof since, "%H:%M:%S", gmtime_r(&s, &utc));
    snprintf(v->refusal, sizeof v->refusal, "%s keeps the alerts of %.150s, and is stopped", who, v->called);
    snprintf(v->status, sizeof v->status, "kept by %s, which is stopped", who);
    snprintf(
        text, sizeof text,
        "%s keeps the alerts of %.150s and is stopped, since %s UTC or before: until it goes on (kill -CONT "
        "%ld) or ends no hook runs and no log is written",
        who, v->called, since, (long)holder);
    say_once(v, true, text);
}

void alert_voice_settles(struct alert_voice *v) {
    v->reason[0] = '\0';
    snprintf(v->refusal, sizeof v->refusal,
             "another natsight kept the alerts of %.150s until now: in some seconds they are kept here",
             v->called);
    snprintf(v->status, sizeof v->status, "only read");
}

void alert_voice_tell(struct alert_voice *v, const char *message) {
    if (message[0] != '\0' && strcmp(message, v->told) != 0)
        v->say(v->data, true, message);
    snprintf(v->told, sizeof v->told, "%s", message);
}

void alert_voice_complain(struct alert_voice *v, pid_t holder, const char *why) {
    char text[700], who[40];
    if (v->complained)
        return;
    v->complained = true;
    snprintf(text, sizeof text, "%s has not got what was said here: %.600s", name_of(holder, who), why);
    v->say(v->data, true, text);
}
