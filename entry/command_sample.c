/* :sample SUBJECT [for 10m] */
#include "entry/command_word.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "collectors/sampler.h"
#include "entry/way_in.h"

#define DAYS_MOST 7

static const char *time_of(const char *text, int64_t *seconds) {
    int64_t ns;
    text += strspn(text, " -");
    if (*text == '\0')
        return NULL;
    if (strncmp(text, "for", 3) != 0 || (text[3] != ' ' && text[3] != '='))
        return "behind the subject only its time: orders.> for 10m";
    text += 3;
    text += strspn(text, " =");
    if (!span_parse(text, strlen(text), &ns) || ns < NS_PER_S || ns > DAYS_MOST * 86400 * NS_PER_S)
        return "a time such as 30s or 10m";
    *seconds = ns / NS_PER_S;
    return NULL;
}

unsigned command_sample(struct app *app, const struct command_word *word, const char *argument) {
    char subject[512];
    int64_t seconds = 0;
    (void)word;
    size_t len = strcspn(argument, " ");
    snprintf(subject, sizeof subject, "%.*s", (int)(len < sizeof subject ? len : sizeof subject - 1),
             argument);
    bool off = argument[0] == '\0' || strcmp(argument, "off") == 0;
    const char *wrong = off                        ? NULL
                        : app->supervisors == NULL ? "what is replayed can't be looked at"
                        : !way_in_is(app->options, WAY_NATS)
                            ? "subjects are seen through NATS: --context NAME, or nats://host:4222"
                        : !sampler_takes(subject) ? "that is no subject: orders.>, orders.*.eu"
                                                  : time_of(argument + len, &seconds);
    if (wrong != NULL) {
        command_fault(app, wrong);
        return REACT_DRAW;
    }
    if (app->supervisors != NULL)
        supervisors_sample(app->supervisors, off ? "" : subject, seconds);
    stage_go(&app->stage, view_by_name("subjects"), 0);
    return REACT_DRAW | REACT_WANTS;
}
