-- Stock goes out to channels, and their reports are compared (docs/decisions/099).

-- Says in the locking statement whether anybody outside is told of a SKU: those that are not cost no further statement.
ALTER TABLE sku_supply ADD COLUMN listed boolean NOT NULL DEFAULT false;

-- A merchant's place at a channel: where it is reached, and how it goes at the moment.
CREATE TABLE channel_connections (
  id             uuid PRIMARY KEY,
  home           text NOT NULL,
  merchant_id    uuid NOT NULL,
  channel        text NOT NULL,        -- as orders and rules of supply name it
  kind           text NOT NULL CONSTRAINT channel_kind_is_a_word CHECK (kind ~ '^[a-z][a-z_]{0,39}$'),
  name           text NOT NULL,
  url            text NOT NULL,
  secret_sealed  text NOT NULL,        -- encrypted under WAYBILL_DATA_KEY for this connection
  status         text NOT NULL CONSTRAINT connection_status_is_known CHECK (status IN ('on', 'paused')),
  list_all       boolean NOT NULL DEFAULT true,  -- every SKU that has stock is listed by its code
  version        bigint NOT NULL DEFAULT 1,
  created_at     timestamptz NOT NULL,
  updated_at     timestamptz NOT NULL,
  -- The lane to it: one message at a time, taken until then; failed so often in a row; not before then.
  leased_until   timestamptz,
  failures       integer NOT NULL DEFAULT 0,
  next_at        timestamptz,
  last_error     text,
  answered_at    timestamptz,
  -- Its last report.
  report_due_at  timestamptz NOT NULL,
  reported_at    timestamptz,
  CONSTRAINT connection_name_is_free UNIQUE (merchant_id, name)
) WITH (fillfactor = 70);

-- What a channel calls a SKU, and what it knows of it. Sent is what it was told last, acknowledged what it said it has.
CREATE TABLE channel_listings (
  connection_id  uuid NOT NULL,
  sku_id         uuid NOT NULL,
  region         text NOT NULL,
  ref            text NOT NULL,
  active         boolean NOT NULL,     -- what is not for sale is listed with nothing
  sent_quantity  bigint,
  sent_version   bigint,
  sent_at        timestamptz,
  acked_quantity bigint,
  acked_version  bigint,
  acked_at       timestamptz,
  dirty_since    timestamptz,          -- what may be promised changed since it was told
  forced         boolean NOT NULL DEFAULT false,  -- told again although nothing changed
  problem        text,
  PRIMARY KEY (connection_id, sku_id),
  CONSTRAINT listing_ref_is_free UNIQUE (connection_id, ref),
  CONSTRAINT sent_is_whole CHECK ((sent_quantity IS NULL) = (sent_version IS NULL) AND sent_quantity >= 0),
  CONSTRAINT acknowledged_is_whole CHECK ((acked_quantity IS NULL) = (acked_version IS NULL) AND acked_quantity >= 0),
  CONSTRAINT acknowledged_was_sent CHECK (acked_version IS NULL OR acked_version <= sent_version)
) WITH (fillfactor = 70);
CREATE INDEX channel_listings_by_sku ON channel_listings (sku_id);
CREATE INDEX channel_listings_dirty ON channel_listings (connection_id, dirty_since) WHERE dirty_since IS NOT NULL;

-- Written with the movement, read and removed by whoever tells the channels. Only ever inserted by the writers of stock, so that nobody waits.
CREATE TABLE supply_marks (
  id     uuid PRIMARY KEY,
  sku_id uuid NOT NULL,
  region text NOT NULL,
  at     timestamptz NOT NULL
);

-- One message: new absolute quantities of so many listings. Its id is the channel's idempotency key; it is sent until it is answered.
CREATE TABLE channel_messages (
  id            uuid PRIMARY KEY,
  connection_id uuid NOT NULL,
  status        text NOT NULL CONSTRAINT message_status_is_known CHECK (status IN ('sending', 'acknowledged', 'refused')),
  items         jsonb NOT NULL,
  size          integer NOT NULL CONSTRAINT message_says_something CHECK (size > 0),
  attempts      integer NOT NULL,
  error         text,
  created_at    timestamptz NOT NULL,
  ended_at      timestamptz,
  CONSTRAINT a_message_ends_once CHECK ((ended_at IS NOT NULL) = (status <> 'sending'))
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX one_message_on_its_way ON channel_messages (connection_id) WHERE status = 'sending';
CREATE INDEX channel_messages_by_connection ON channel_messages (connection_id, id);

-- What a channel said it has, and how that compares.
CREATE TABLE channel_reports (
  id            uuid PRIMARY KEY,
  connection_id uuid NOT NULL,
  source        text NOT NULL CONSTRAINT report_source_is_known CHECK (source IN ('fetched', 'received')),
  listings      integer NOT NULL,
  agreed        integer NOT NULL,
  on_the_way    integer NOT NULL,     -- cannot be told apart from an update on its way
  different     integer NOT NULL,
  unknown       integer NOT NULL,     -- listings that are not ours
  at            timestamptz NOT NULL
);
CREATE INDEX channel_reports_by_connection ON channel_reports (connection_id, id);

-- Work: a channel has something else than it was told. It ends when a later report agrees, or a person says what is right.
CREATE TABLE channel_drift (
  id             uuid PRIMARY KEY,
  connection_id  uuid NOT NULL,
  merchant_id    uuid NOT NULL,
  sku_id         uuid NOT NULL,
  kind           text NOT NULL CONSTRAINT drift_kind_is_known CHECK (kind IN ('quantity', 'missing', 'behind', 'ahead')),
  ours           bigint NOT NULL,
  ours_version   bigint NOT NULL,
  theirs         bigint,
  theirs_version bigint,
  status         text NOT NULL CONSTRAINT drift_status_is_known CHECK (status IN ('open', 'ignored', 'closed')),
  first_seen_at  timestamptz NOT NULL,
  last_seen_at   timestamptz NOT NULL,
  times_seen     integer NOT NULL DEFAULT 1,
  resolution     text CONSTRAINT drift_resolution_is_known CHECK (resolution IN ('agreed', 'send_again', 'count', 'ignore')),
  reason         text,
  resolved_by    text,
  resolved_at    timestamptz,
  CONSTRAINT ignored_has_a_reason CHECK (status <> 'ignored' OR reason IS NOT NULL)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX one_drift_per_listing ON channel_drift (connection_id, sku_id) WHERE status <> 'closed';
CREATE INDEX channel_drift_by_connection ON channel_drift (connection_id, id);

GRANT SELECT, INSERT, UPDATE ON channel_connections, channel_listings, channel_drift TO waybill_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON channel_messages, channel_reports, supply_marks TO waybill_app;
