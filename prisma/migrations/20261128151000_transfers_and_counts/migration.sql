-- Units that go from one node to another, and shelves that are counted (docs/decisions/098).

ALTER TABLE stock_movements DROP CONSTRAINT movement_kind_is_known, ADD CONSTRAINT movement_kind_is_known CHECK (kind IN (
  'receive', 'adjust', 'count', 'damage', 'promise', 'release', 'allocate', 'deallocate', 'ship', 'return', 'safety', 'limit', 'resolve',
  'transfer_out', 'transfer_in', 'expire')) NOT VALID;

CREATE TABLE stock_transfers (
  id           uuid PRIMARY KEY,
  number       text NOT NULL CONSTRAINT transfer_number_is_unique UNIQUE,
  home         text NOT NULL,
  merchant_id  uuid NOT NULL REFERENCES merchants,
  from_node_id uuid NOT NULL REFERENCES nodes,
  to_node_id   uuid NOT NULL REFERENCES nodes,
  status       text NOT NULL CONSTRAINT transfer_status_is_known CHECK (status IN ('requested', 'sent', 'partly_received', 'received', 'cancelled')),
  note         text,
  version      bigint NOT NULL DEFAULT 1,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  sent_at      timestamptz,
  ended_at     timestamptz,
  trace_id     text NOT NULL,
  CONSTRAINT a_transfer_goes_somewhere_else CHECK (from_node_id <> to_node_id),
  CONSTRAINT a_sent_transfer_has_its_time CHECK ((sent_at IS NOT NULL) = (status IN ('sent', 'partly_received', 'received'))),
  CONSTRAINT an_ended_transfer_has_its_time CHECK ((ended_at IS NOT NULL) = (status IN ('received', 'cancelled')))
) WITH (fillfactor = 80);
CREATE INDEX stock_transfers_by_merchant ON stock_transfers (merchant_id, id);

-- lost: sent and never received, with its reason. extra: received beyond what was sent. What is left of sent is in transit: at no node.
CREATE TABLE stock_transfer_lines (
  id          uuid PRIMARY KEY,
  transfer_id uuid NOT NULL REFERENCES stock_transfers,
  position    integer NOT NULL,
  sku_id      uuid NOT NULL REFERENCES skus,
  requested   bigint NOT NULL CONSTRAINT something_is_transferred CHECK (requested > 0),
  sent        bigint NOT NULL DEFAULT 0,
  received    bigint NOT NULL DEFAULT 0,
  lost        bigint NOT NULL DEFAULT 0,
  extra       bigint NOT NULL DEFAULT 0,
  in_transit  bigint NOT NULL DEFAULT 0,
  reason      text,
  CONSTRAINT one_line_per_sku UNIQUE (transfer_id, sku_id),
  CONSTRAINT transferred_units_are_not_negative CHECK (LEAST(sent, received, lost, extra, in_transit) >= 0),
  CONSTRAINT no_more_is_sent_than_was_asked CHECK (sent <= requested),
  CONSTRAINT nothing_is_lost_between_nodes CHECK (in_transit = sent + extra - received - lost),
  CONSTRAINT a_variance_has_its_reason CHECK (reason IS NOT NULL OR lost + extra = 0)
) WITH (fillfactor = 80);
CREATE INDEX stock_transfer_lines_in_transit ON stock_transfer_lines (sku_id) WHERE in_transit > 0;

CREATE TABLE stock_counts (
  id          uuid PRIMARY KEY,
  number      text NOT NULL CONSTRAINT count_number_is_unique UNIQUE,
  home        text NOT NULL,
  merchant_id uuid NOT NULL REFERENCES merchants,
  node_id     uuid NOT NULL REFERENCES nodes,
  status      text NOT NULL CONSTRAINT count_status_is_known CHECK (status IN ('counting', 'finished', 'cancelled')),
  blind       boolean NOT NULL,
  chosen      text NOT NULL CONSTRAINT count_choice_is_known CHECK (chosen IN ('bins', 'skus', 'oldest', 'worth', 'random', 'all')),
  note        text,
  approval_id uuid,
  version     bigint NOT NULL DEFAULT 1,
  created_by  text NOT NULL,
  created_at  timestamptz NOT NULL,
  ended_at    timestamptz,
  trace_id    text NOT NULL,
  CONSTRAINT an_ended_count_has_its_time CHECK ((ended_at IS NOT NULL) = (status <> 'counting'))
) WITH (fillfactor = 80);
CREATE INDEX stock_counts_by_merchant ON stock_counts (merchant_id, id);

-- expected: on hand as the record said when it was counted, at node_version. moved: units moved while somebody counted, so it is counted again.
CREATE TABLE stock_count_lines (
  id           uuid PRIMARY KEY,
  count_id     uuid NOT NULL REFERENCES stock_counts,
  position     integer NOT NULL,
  sku_id       uuid NOT NULL REFERENCES skus,
  bin          text,
  status       text NOT NULL CONSTRAINT counted_line_is_known CHECK (status IN ('open', 'moved', 'counted', 'agreed', 'applied', 'waiting', 'left')),
  expected     bigint,
  node_version bigint,
  counted      bigint CONSTRAINT counted_units_are_not_negative CHECK (counted >= 0),
  rounds       integer NOT NULL DEFAULT 0,
  counted_by   text,
  counted_at   timestamptz,
  CONSTRAINT one_counted_line_per_sku UNIQUE (count_id, sku_id),
  CONSTRAINT a_counted_line_has_its_figures CHECK (status NOT IN ('counted', 'agreed', 'applied', 'waiting') OR (expected IS NOT NULL AND counted IS NOT NULL))
) WITH (fillfactor = 80);
CREATE INDEX stock_count_lines_by_sku ON stock_count_lines (sku_id, counted_at);

GRANT SELECT, INSERT, UPDATE ON stock_transfers, stock_transfer_lines, stock_counts, stock_count_lines TO waybill_app;
