#include "collectors/multi.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

#define CONNECTIONS_MAX 2048L /* kept open; curl's own default shrinks with what is in flight */

struct multi {
    CURLM *curl;
    struct loop *loop;
    struct loop_source *timer;
    multi_done_fn *done;
    void *data;
};

static void collect(struct multi *m) {
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(m->curl, &left)) != NULL) {
        if (message->msg != CURLMSG_DONE)
            continue;
        CURL *easy = message->easy_handle;
        CURLcode rc = message->data.result; /* dies with the removal */
        curl_multi_remove_handle(m->curl, easy);
        m->done(m->data, easy, rc);
    }
}

static void on_fd(struct loop *loop, int fd, unsigned events, void *data) {
    (void)loop;
    struct multi *m = data;
    int running, bits = 0;
    if (events & LOOP_IN)
        bits |= CURL_CSELECT_IN;
    if (events & LOOP_OUT)
        bits |= CURL_CSELECT_OUT;
    if (events & LOOP_HUP) /* what came before the end is still to be read */
        bits |= CURL_CSELECT_ERR | CURL_CSELECT_IN;
    curl_multi_socket_action(m->curl, fd, bits, &running);
    collect(m);
}

static void on_timer(struct loop *loop, void *data) {
    (void)loop;
    struct multi *m = data;
    int running;
    curl_multi_socket_action(m->curl, CURL_SOCKET_TIMEOUT, 0, &running);
    collect(m);
}

static int want_fd(CURL *easy, curl_socket_t fd, int what, void *data, void *source) {
    (void)easy;
    struct multi *m = data;
    if (what == CURL_POLL_REMOVE) {
        loop_remove(source);
        curl_multi_assign(m->curl, fd, NULL);
        return 0;
    }
    unsigned events = (what & CURL_POLL_IN ? LOOP_IN : 0u) | (what & CURL_POLL_OUT ? LOOP_OUT : 0u);
    if (source != NULL)
        loop_fd_want(source, events);
    else
        curl_multi_assign(m->curl, fd, loop_add_fd(m->loop, fd, events, on_fd, m));
    return 0;
}

static int want_timer(CURLM *curl, long ms, void *data) {
    (void)curl;
    struct multi *m = data;
    loop_timer_set(m->timer, ms < 0 ? INT64_MAX : clock_mono_ns() + ms * NS_PER_MS);
    return 0;
}

struct multi *multi_create(struct loop *loop, multi_done_fn *done, void *data) {
    struct multi *m = memory_new(sizeof *m);
    m->loop = loop;
    m->done = done;
    m->data = data;
    m->timer = loop_add_timer(loop, INT64_MAX, on_timer, m);
    m->curl = curl_multi_init();
    curl_multi_setopt(m->curl, CURLMOPT_SOCKETFUNCTION, want_fd);
    curl_multi_setopt(m->curl, CURLMOPT_SOCKETDATA, m);
    curl_multi_setopt(m->curl, CURLMOPT_TIMERFUNCTION, want_timer);
    curl_multi_setopt(m->curl, CURLMOPT_TIMERDATA, m);
    curl_multi_setopt(m->curl, CURLMOPT_MAXCONNECTS, CONNECTIONS_MAX);
    curl_multi_setopt(m->curl, CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    return m;
}

void multi_destroy(struct multi *m) {
    if (m == NULL)
        return;
    curl_multi_cleanup(m->curl);
    loop_remove(m->timer);
    free(m);
}

void multi_add(struct multi *m, CURL *easy) {
    curl_multi_add_handle(m->curl, easy);
}

void multi_remove(struct multi *m, CURL *easy) {
    curl_multi_remove_handle(m->curl, easy);
}
