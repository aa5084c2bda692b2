/* What a server says of the meta group: who leads it, and, where it does itself, its peers.
 *
 * Header only, as tests/model_build.h is. */
#ifndef TESTS_MODEL_META_H
#define TESTS_MODEL_META_H

#include "tests/model_three.h"

static inline void add_meta(struct sample *s, const char *leader) {
    struct row *row = sample_add(s, ENTITY_JETSTREAM);
    put_u(row, F_JETSTREAM_meta, 1);
    put_u(row, F_JETSTREAM_meta_size, 3);
    put_text(s, row, F_JETSTREAM_meta_leader, leader);
}

static inline void add_peer(struct sample *s, const char *name, bool current, double active) {
    struct row *row = sample_add(s, ENTITY_META_PEER);
    put_text(s, row, F_META_PEER_name, name);
    put_text(s, row, F_META_PEER_peer, name);
    put_u(row, F_META_PEER_current, current);
    put_i(row, F_META_PEER_active, ns(active));
}

#endif
