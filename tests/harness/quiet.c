#include "tests/harness/quiet.h"

#include <check.h>
#include <stdio.h>

#include "tests/harness/jetstream.h"

enum { CLIENTS = 5 };

static struct servers *cluster;
static struct natsc *maker, *readers[CLIENTS];

static void connect_reader(int i) {
    char name[32];
    snprintf(name, sizeof name, "reader-%d", i);
    struct natsc *c = readers[i] =
        natsc_connect(cluster->node[i % 3].url, &(struct natsc_options){.name = name}, SHOWN_MS);
    ck_assert(c && natsc_subscribe(c, "quiet", NULL) && natsc_flush(c, SHOWN_MS));
    for (int k = 0; k < i; k++)
        ck_assert(natsc_subscribe(c, "quiet.too", NULL) && natsc_flush(c, SHOWN_MS));
}

void quiet_start(void) {
    cluster = servers_start(&(struct servers_options){.nodes = 3, .jetstream = true});
    ck_assert_ptr_nonnull(cluster);
    maker = natsc_connect(cluster->node[0].url, &(struct natsc_options){.name = "maker"}, SHOWN_MS);
    ck_assert_ptr_nonnull(maker);
    ck_assert(jetstream_add_stream(maker, "ORDERS", "order.>", 3));
    ck_assert(jetstream_add_consumer(maker, "ORDERS", "billing", NULL));
    ck_assert(natsc_publish_many(maker, "order.new", 100, 321) && natsc_flush(maker, SHOWN_MS));
    for (int i = 0; i < CLIENTS; i++)
        connect_reader(i);
}

void quiet_end(void) {
    for (int i = 0; i < CLIENTS; i++)
        natsc_close(readers[i]);
    natsc_close(maker);
    servers_end(cluster);
}

struct servers *quiet_cluster(void) {
    return cluster;
}

struct terminal *quiet_open(const struct terminal_options *options, const char *const more[]) {
    const char *arguments[16];
    int n = 0;
    for (int i = 0; more && more[i] && n < 12; i++)
        arguments[n++] = more[i];
    for (int i = 0; i < 3; i++)
        arguments[n++] = cluster->node[i].http;
    arguments[n] = NULL;
    return shown_open(arguments, options);
}

struct terminal *quiet_open_size(int rows, int cols) {
    return quiet_open(&(struct terminal_options){.rows = rows, .cols = cols}, NULL);
}

struct terminal *quiet_open_seen(int rows, int cols) {
    struct terminal *t = quiet_open_size(rows, cols);
    shown_wait(t, "\\. n3 ");
    return t;
}
