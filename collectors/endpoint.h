/* The endpoint table, readable: what is asked of a server, in which lane, how often.
 *
 * Generated from endpoints.def. Constant data; used by everything in `collect http`. */
#ifndef COLLECTORS_ENDPOINT_H
#define COLLECTORS_ENDPOINT_H

#include "sample/field.h"

enum lane_kind { LANE_LIGHT, LANE_HEAVY, LANE_COUNT };
enum wanted {
    WANTED_ALWAYS,
    WANTED_DEMAND,
    WANTED_ROUTES,
    WANTED_GATEWAYS,
    WANTED_LEAFS,
    WANTED_CID,
    WANTED_SUBJECT,
    WANTED_ACCOUNT,
    WANTED_COUNT
};
enum cadence_when {
    WHEN_OLD_STORES,
    WHEN_NO_CLIENT_COUNTERS,
    WHEN_ROUTE_BACKLOG,
    WHEN_GATEWAY_BACKLOG,
    WHEN_COUNT
};

enum endpoint_index {
#define ENDPOINT(SHAPE, ...) EP_##SHAPE,
#include "collectors/endpoints.def"
    EP_COUNT
};

struct endpoint {
    enum shape shape;
    const char *path;
    enum lane_kind lane;
    int every_ms, timeout_ms;
    enum wanted wanted;
    const char *sets;
};

/* The same over NATS, where its answer says what the endpoint says. */
struct endpoint_request {
    const char *name, *body;
    bool large;
};

struct cadence {
    enum endpoint_index endpoint;
    enum cadence_when when;
    int every_ms;
    const char *why;
};

struct spacing {
    enum endpoint_index endpoint;
    int ms;
};

struct pace {
    enum endpoint_index endpoint;
    int ms, most_ms;
};

extern const struct endpoint endpoints[EP_COUNT];
extern const struct endpoint_request endpoint_requests[EP_COUNT];
extern const struct cadence cadences[];
extern const int cadence_count;
extern const struct pace paces[];
extern const int pace_count;
extern const struct spacing spacings[];
extern const int spacing_count;

/* Whose cadence it has: its own, or that of what it stands for. */
enum endpoint_index endpoint_meant(int e);
/* -1 when nothing asks for that shape. */
int endpoint_by_shape(unsigned shape);

struct endpoint_words {
    bool config;
    const char *sort;
    unsigned limit;
    uint64_t cid;
    bool closed;         /* that one: 2.9.10 finds no open one among all */
    const char *subject; /* as people write it */
};
#define ENDPOINT_PATH_SIZE    1024 /* for a subject that is all escapes */
#define ENDPOINT_SUBJECT_SIZE 257
/* Path and query with its placeholders filled. */
void endpoint_path(const struct endpoint *endpoint, const struct endpoint_words *words, char *out,
                   size_t size);

#define ENDPOINT_BODY_SIZE 2048
void endpoint_body(const struct endpoint_request *request, const struct endpoint_words *words, char *out,
                   size_t size);

/* Is it in one of the comma-separated sets? "all" is every one. */
bool endpoint_in_sets(const struct endpoint *endpoint, const char *sets);
/* false: bad[] gets the word that names no set. */
bool endpoint_check_sets(const char *sets, char *bad, size_t size);

#endif
