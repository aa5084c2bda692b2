#include "views/node_silent.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "views/quantity_text.h"

#define REASON_BESIDE 24 /* columns of the line above: "down for 2m14s: " */

/* By how far the last try got. */
static const char *const advice[FAILURE_COUNT][3] = {
    [FAILURE_NONE] = {"Its name or address is known from other servers; nobody asks it here.",
                      "Name its monitoring URL on the command line."},
    [FAILURE_NAME] = {"Is the host's name written as it should be?",
                      "Does this machine resolve it? An address works too."},
    [FAILURE_REFUSED] = {"Does nats-server run on that host?",
                         "Is its monitoring on: http_port in the configuration, or -m 8222?",
                         "Is it bound to this address (http: host:port)?"},
    [FAILURE_CONNECT] = {"Is the host up, and can this machine reach it?",
                         "Does a firewall let the monitoring port through?"},
    [FAILURE_TLS] = {"Is it https:// there, or http://?",
                     "Who signed the certificate (--ca), and for which name (--tls-name)?",
                     "Does it ask for a client's certificate (--cert, --key)?"},
    [FAILURE_TIMEOUT] = {"Does the process hang, or is it stopped?",
                         "Is it the monitoring port, 8222 by default, and not the one of clients?"},
    [FAILURE_CUT] = {"Does the process hang or crash while it answers? Its log says.",
                     "Does a proxy in between cut long answers?"},
    [FAILURE_HTTP] = {"Is there a prefix before /varz in the URL (http_base_path)?",
                      "Does a proxy in front want a login (--auth-file)?"},
    [FAILURE_NOT_NATS] = {"Is it the monitoring port, 8222 by default, and not the one of clients?",
                          "Is it the right host?"},
    [FAILURE_BODY] = {"Is it nats-server that answers there? Its /varz can't be read."},
    [FAILURE_TOO_LARGE] = {"Is it nats-server that answers there? Its /varz has no end."},
    [FAILURE_OTHER_SERVER] = {"Is there a balancer in between? Name each server's own URL."},
    [FAILURE_QUARANTINED] = {"Its answers ended our collector three times: it is asked no more.",
                             "Is it nats-server that answers there?"},
    [FAILURE_LOGIN] = {"Is it the right context, and the right account?",
                       "Was the login changed, did it expire, was it revoked?"},
};

bool node_is_silent(const struct object *server) {
    return server->seen_utc_ns == 0;
}

/* "url   http://10.0.0.2:8222" */
static void fact(struct surface *s, struct rect area, int *y, const char *name, const char *text) {
    char cut[1200];
    if (!*text)
        return;
    text_cut(cut, sizeof(cut), text, area.w - 14);
    surface_text(s, area, area.x + 1, *y, ROLE_MUTED, 0, name);
    surface_text(s, area, area.x + 13, *y, ROLE_TEXT, 0, cut);
    *y += 1;
}

/* As many lines as it needs: what is cut off elsewhere is whole here. */
static void fact_wrapped(struct surface *s, struct rect area, int *y, const char *name, const char *text) {
    int room = area.w - 14;
    while (*text && room > 0 && *y < area.y + area.h) {
        char cut[1200];
        size_t len = strlen(text), word = len;
        while (word > 0 && (snprintf(cut, sizeof(cut), "%.*s", (int)word, text), text_width(cut) > room))
            do
                word--;
            while (word > 0 && text[word] != ' ');
        if (word == 0) { /* one word that fits no line */
            fact(s, area, y, name, text);
            return;
        }
        fact(s, area, y, name, cut);
        text += word + strspn(text + word, " ");
        name = "";
    }
}

static void instant(char *out, size_t size, const struct view_context *context, int64_t utc_ns) {
    char clock[TIME_TEXT_SIZE], span[TIME_TEXT_SIZE];
    out[0] = 0;
    if (utc_ns <= 0)
        return;
    time_format_clock(clock, utc_ns, context->local_time);
    lasted_format(span, context->utc_ns > utc_ns ? context->utc_ns - utc_ns : 0);
    snprintf(out, size, "%s (%s ago)", clock, span);
}

void node_silent_draw(const struct view_context *context, const struct object *server, struct surface *s,
                      struct rect area) {
    const struct answer_state *answer = model_answer(context->model, server, SHAPE_VARZ);
    const char *url = quantity_name_text(context->model, server, Q_SERVER_url);
    const char *reason = quantity_name_text(context->model, server, Q_SERVER_reason);
    const char *const *lines =
        advice[answer && answer->failure < FAILURE_COUNT ? answer->failure : FAILURE_NONE];
    char text[400];
    int y = area.y;
    fact(s, area, &y, "url", *url ? url : "not known");
    instant(text, sizeof(text), context, server->first_utc_ns);
    fact(s, area, &y, "known since", text);
    instant(text, sizeof(text), context, answer ? answer->asked_utc_ns : 0);
    fact(s, area, &y, "last tried", text);
    fact(s, area, &y, "answered", "never");
    if (text_width(reason) + REASON_BESIDE > area.w)
        fact_wrapped(s, area, &y, "reason", reason);
    if (*url && !answer) /* it is being tried */
        return;
    surface_rule(s, rect_below(area, ++y - area.y), "WHAT TO CHECK", "");
    for (int i = 0; i < 3 && lines[i]; i++)
        surface_text(s, area, area.x + 1, ++y, ROLE_TEXT, 0, lines[i]);
    if (!*url)
        return;
    snprintf(text, sizeof(text), "curl %s/varz", url);
    surface_text(s, area, area.x + 1, ++y, ROLE_KEY, 0, text);
}
