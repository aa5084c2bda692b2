#include "model/asset_kind.h"

#include "model/asset.h"

const struct asset_kind asset_kinds[ASSET_KINDS] = {
    {OBJECT_STREAM,
     ENTITY_STREAM,
     F_STREAM_leader,
     F_STREAM_clustered,
     F_STREAM_leader_since,
     F_STREAM_created,
     F_STREAM_last_seq,
     F_STREAM_last_seq,
     true,
     -1,
     {F_STREAM_last_ts, F_STREAM_last_ts},
     -1,
     sizeof(struct stream)},
    {OBJECT_CONSUMER,
     ENTITY_CONSUMER,
     F_CONSUMER_leader,
     F_CONSUMER_clustered,
     F_CONSUMER_leader_since,
     F_CONSUMER_created,
     F_CONSUMER_delivered_stream_seq,
     F_CONSUMER_delivered_consumer_seq,
     false,
     F_CONSUMER_ts,
     {F_CONSUMER_last_delivered, F_CONSUMER_last_ack},
     F_CONSUMER_pending,
     sizeof(struct consumer)},
};
