-- The foundation: every room of the house has its tables.
--
-- Conventions. Amounts are bigint minor units beside an ISO 4217 currency. Ids are UUIDv7 made by the application. `version` is
-- gap-free and assigned under the row's lock. Append-only tables have their UUIDv7 key as the only unique index. Rows that are
-- hot keep no foreign key to rows outside the lock order; the oracle checks those references instead (DESIGN 3.2).
-- CHECK constraints are named after the rule they state, so that an error reads as a sentence.

-- ── Places and people ────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE home_owner (
  home   text PRIMARY KEY,
  region text NOT NULL,
  epoch  bigint NOT NULL DEFAULT 1
);

CREATE TABLE merchants (
  id                 uuid PRIMARY KEY,
  home               text NOT NULL,
  slug               text NOT NULL UNIQUE,
  name               text NOT NULL,
  currency           text NOT NULL,
  prices_include_tax boolean NOT NULL DEFAULT false,
  country            text NOT NULL,
  active             boolean NOT NULL DEFAULT true,
  version            bigint NOT NULL DEFAULT 1,
  created_at         timestamptz NOT NULL
);

CREATE TABLE customers (
  id               uuid PRIMARY KEY,
  email            text,
  email_normalized text UNIQUE,
  name             text,
  phone            text,
  locale           text NOT NULL DEFAULT 'en',
  country          text,
  guest            boolean NOT NULL DEFAULT true,
  tags             text[] NOT NULL DEFAULT '{}',
  version          bigint NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL
);
CREATE INDEX customers_by_name ON customers (name);
CREATE INDEX customers_by_phone ON customers (phone);

-- A merchant's own name for a customer (an account number in the system it came from).
CREATE TABLE customer_references (
  merchant_id uuid NOT NULL REFERENCES merchants,
  external_id text NOT NULL,
  customer_id uuid NOT NULL REFERENCES customers,
  PRIMARY KEY (merchant_id, external_id)
);

CREATE TABLE users (
  id               uuid PRIMARY KEY,
  email            text NOT NULL,
  email_normalized text NOT NULL UNIQUE,
  name             text NOT NULL,
  role             text NOT NULL CONSTRAINT role_is_known CHECK (role IN ('customer', 'merchant', 'agent', 'warehouse', 'fraud_analyst', 'finance', 'admin')),
  merchant_id      uuid REFERENCES merchants,
  customer_id      uuid REFERENCES customers,
  password_hash    text,
  totp_secret      text,          -- encrypted with the data key
  totp_enabled_at  timestamptz,
  totp_last_step   bigint,        -- a code is accepted once
  email_verified_at timestamptz,
  locale           text NOT NULL DEFAULT 'en',
  time_zone        text NOT NULL DEFAULT 'UTC',
  disabled_at      timestamptz,
  version          bigint NOT NULL DEFAULT 1,
  created_at       timestamptz NOT NULL,
  CONSTRAINT merchant_users_belong_to_a_merchant CHECK (role <> 'merchant' OR merchant_id IS NOT NULL),
  CONSTRAINT customer_users_are_customers CHECK (role <> 'customer' OR customer_id IS NOT NULL)
);
CREATE INDEX users_by_merchant ON users (merchant_id);
CREATE INDEX users_by_customer ON users (customer_id);

CREATE TABLE sessions (
  id           uuid PRIMARY KEY,
  user_id      uuid NOT NULL REFERENCES users,
  created_at   timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  expires_at   timestamptz NOT NULL,
  revoked_at   timestamptz,
  second_factor_at timestamptz,
  ip           text,
  user_agent   text
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- Invitations, password resets and the first-admin set-up link: one use, hashed, expiring.
CREATE TABLE user_tokens (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL CONSTRAINT token_kind_is_known CHECK (kind IN ('invite', 'reset', 'setup')),
  token_hash  bytea NOT NULL UNIQUE,
  user_id     uuid REFERENCES users,
  email       text,
  role        text,
  merchant_id uuid REFERENCES merchants,
  created_by  text,
  created_at  timestamptz NOT NULL,
  expires_at  timestamptz NOT NULL,
  used_at     timestamptz
);

CREATE TABLE api_keys (
  id           uuid PRIMARY KEY,
  merchant_id  uuid NOT NULL REFERENCES merchants,
  name         text NOT NULL,
  mode         text NOT NULL CONSTRAINT mode_is_known CHECK (mode IN ('test', 'live')),
  prefix       text NOT NULL,
  key_hash     bytea NOT NULL UNIQUE,
  scopes       text[] NOT NULL,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  last_used_at timestamptz,
  revoked_at   timestamptz
);
CREATE INDEX api_keys_by_merchant ON api_keys (merchant_id);

-- ── Machinery ────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE idempotency_keys (
  principal    text NOT NULL,     -- who: api_key:…, user:…, system:…
  operation    text NOT NULL,     -- the verb, place-order
  key          text NOT NULL,
  request_hash bytea NOT NULL,
  outcome      jsonb,             -- {ok: value} or {refused: error}; null only inside the claiming transaction
  created_at   timestamptz NOT NULL,
  PRIMARY KEY (principal, operation, key)
);
CREATE INDEX idempotency_keys_by_age ON idempotency_keys (created_at);

CREATE TABLE events (
  id                uuid PRIMARY KEY,
  home              text NOT NULL,
  merchant_id       uuid,
  aggregate         text NOT NULL,
  aggregate_id      uuid NOT NULL,
  aggregate_version bigint NOT NULL,
  type              text NOT NULL,
  schema_version    integer NOT NULL DEFAULT 1,
  data              jsonb NOT NULL,
  actor             text NOT NULL,
  cause             uuid,
  trace_id          text NOT NULL,
  at                timestamptz NOT NULL,
  xid               xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX events_by_aggregate ON events (aggregate_id, aggregate_version);
CREATE INDEX events_by_commit ON events (xid, id);

CREATE TABLE event_deliveries (
  event_id   uuid NOT NULL,
  consumer   text NOT NULL,
  status     text NOT NULL DEFAULT 'pending' CONSTRAINT delivery_status_is_known CHECK (status IN ('pending', 'done', 'dead')),
  attempts   integer NOT NULL DEFAULT 0,
  next_at    timestamptz NOT NULL,
  last_error text,
  PRIMARY KEY (event_id, consumer)
);
CREATE INDEX event_deliveries_open ON event_deliveries (next_at) WHERE status = 'pending';

CREATE TABLE audit_log (
  id          uuid PRIMARY KEY,
  at          timestamptz NOT NULL,
  actor       text NOT NULL,
  action      text NOT NULL,
  entity      text NOT NULL,
  entity_id   text NOT NULL,
  merchant_id uuid,
  before      jsonb,
  after       jsonb,
  reason      text,
  trace_id    text NOT NULL,
  xid         xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX audit_log_by_entity ON audit_log (entity, entity_id, id);
CREATE INDEX audit_log_by_actor ON audit_log (actor, id);

CREATE TABLE sagas (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL,
  flow_version integer NOT NULL,
  order_id    uuid NOT NULL,
  merchant_id uuid NOT NULL,
  step        text NOT NULL,
  status      text NOT NULL CONSTRAINT saga_status_is_known CHECK (status IN ('running', 'waiting', 'retrying', 'stuck', 'compensating', 'done')),
  outcome     text CONSTRAINT saga_outcome_is_known CHECK (outcome IN ('completed', 'compensated')),
  attempt     integer NOT NULL DEFAULT 0,
  state       jsonb NOT NULL DEFAULT '{}',
  error       jsonb,
  wake_at     timestamptz NOT NULL,
  deadline    timestamptz,
  actor       text NOT NULL,
  trace_id    text NOT NULL,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  updated_at  timestamptz NOT NULL,
  CONSTRAINT a_done_saga_has_an_outcome CHECK ((status = 'done') = (outcome IS NOT NULL))
) WITH (fillfactor = 70);
CREATE INDEX sagas_by_order ON sagas (order_id);
CREATE INDEX sagas_open ON sagas (wake_at) WHERE status <> 'done';

CREATE TABLE number_counters (
  home  text NOT NULL,
  kind  text NOT NULL,
  value bigint NOT NULL,
  PRIMARY KEY (home, kind)
) WITH (fillfactor = 50);

CREATE TABLE inbound_webhooks (
  id           uuid PRIMARY KEY,
  source       text NOT NULL,
  external_id  text NOT NULL,
  topic        text NOT NULL,
  payload      jsonb NOT NULL,
  status       text NOT NULL DEFAULT 'received' CONSTRAINT webhook_status_is_known CHECK (status IN ('received', 'processed', 'ignored', 'failed')),
  error        text,
  received_at  timestamptz NOT NULL,
  processed_at timestamptz,
  CONSTRAINT a_webhook_is_received_once UNIQUE (source, external_id)
);

-- ── Catalog ──────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE skus (
  id           uuid PRIMARY KEY,
  merchant_id  uuid NOT NULL REFERENCES merchants,
  code         text NOT NULL,
  name         text NOT NULL,
  description  text,
  barcode      text,
  stocked      boolean NOT NULL DEFAULT true,
  tax_class    text NOT NULL DEFAULT 'standard',
  weight_grams integer NOT NULL DEFAULT 0 CONSTRAINT weight_is_not_negative CHECK (weight_grams >= 0),
  price        numeric(20, 6) NOT NULL CONSTRAINT price_is_not_negative CHECK (price >= 0),
  currency     text NOT NULL,
  active       boolean NOT NULL DEFAULT true,
  metadata     jsonb NOT NULL DEFAULT '{}',
  version      bigint NOT NULL DEFAULT 1,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  CONSTRAINT sku_code_is_unique_per_merchant UNIQUE (merchant_id, code)
);
CREATE INDEX skus_by_code ON skus (code);

CREATE TABLE tax_rates (
  merchant_id uuid NOT NULL REFERENCES merchants,
  country     text NOT NULL,
  tax_class   text NOT NULL,
  rate        numeric(9, 6) NOT NULL CONSTRAINT rate_is_a_fraction CHECK (rate >= 0 AND rate < 1),
  PRIMARY KEY (merchant_id, country, tax_class)
);

-- ── Orders ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE orders (
  id                uuid PRIMARY KEY,
  home              text NOT NULL,
  merchant_id       uuid NOT NULL,
  customer_id       uuid,
  number            text NOT NULL CONSTRAINT order_number_is_unique UNIQUE,
  external_id       text,
  channel           text NOT NULL,
  currency          text NOT NULL,
  status            text NOT NULL CONSTRAINT order_status_is_known CHECK (status IN ('PENDING', 'CONFIRMED', 'PARTIALLY_FULFILLED', 'FULFILLED', 'CANCELLED', 'REFUNDED')),
  payment_status    text NOT NULL CONSTRAINT payment_status_is_known CHECK (payment_status IN ('UNPAID', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED', 'FAILED', 'IN_DOUBT')),
  fulfilment_status text NOT NULL CONSTRAINT fulfilment_status_is_known CHECK (fulfilment_status IN ('UNALLOCATED', 'BACKORDERED', 'PREORDERED', 'ALLOCATED', 'PICKING', 'PACKED', 'SHIPPED', 'DELIVERED', 'EXCEPTION', 'RETURNED')),
  holds             text[] NOT NULL DEFAULT '{}' CONSTRAINT holds_are_known CHECK (holds <@ ARRAY['fraud', 'address', 'manual']),
  total_minor       bigint NOT NULL CONSTRAINT total_is_not_negative CHECK (total_minor >= 0),
  cancelled_minor   bigint NOT NULL DEFAULT 0,
  authorized_minor  bigint NOT NULL DEFAULT 0,
  captured_minor    bigint NOT NULL DEFAULT 0,
  refunded_minor    bigint NOT NULL DEFAULT 0,
  goodwill_minor    bigint NOT NULL DEFAULT 0,
  receivable_minor  bigint NOT NULL DEFAULT 0,
  customer_name     text,
  email             text,
  phone             text,
  ship_to           jsonb,
  bill_to           jsonb,
  metadata          jsonb NOT NULL DEFAULT '{}',
  tags              text[] NOT NULL DEFAULT '{}',
  cancellation      jsonb,         -- {reason, actor, at}: what was asked; the saga re-reads it after each step
  placed_at         timestamptz NOT NULL,
  confirmed_at      timestamptz,
  finished_at       timestamptz,
  expires_at        timestamptz,   -- a PENDING order is given up after this
  updated_at        timestamptz NOT NULL,
  version           bigint NOT NULL,
  CONSTRAINT captured_is_within_the_total CHECK (captured_minor >= 0 AND captured_minor <= total_minor),
  CONSTRAINT refunded_is_within_captured CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor),
  CONSTRAINT goodwill_is_within_refunded CHECK (goodwill_minor >= 0 AND goodwill_minor <= refunded_minor),
  CONSTRAINT cancelled_is_within_the_total CHECK (cancelled_minor >= 0 AND cancelled_minor <= total_minor)
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX external_id_is_unique_per_merchant ON orders (merchant_id, external_id) WHERE external_id IS NOT NULL;
CREATE INDEX orders_by_placed ON orders (placed_at, id);
CREATE INDEX orders_by_merchant_placed ON orders (merchant_id, placed_at, id);
CREATE INDEX orders_by_status ON orders (status, placed_at, id);
CREATE INDEX orders_by_customer ON orders (customer_id, placed_at, id);
CREATE INDEX orders_by_email ON orders (lower(email));
CREATE INDEX orders_by_phone ON orders (phone);
CREATE INDEX orders_held ON orders (placed_at, id) WHERE holds <> '{}';

-- net, discount and tax are the line's stored totals; the share of unit i in each is floor(i·T/n) − floor((i−1)·T/n) (DESIGN 2).
CREATE TABLE order_lines (
  id             uuid PRIMARY KEY,
  order_id       uuid NOT NULL,
  position       integer NOT NULL,
  kind           text NOT NULL CONSTRAINT line_kind_is_known CHECK (kind IN ('item', 'shipping', 'fee')),
  sku_id         uuid,
  sku_code       text,
  name           text NOT NULL,
  stocked        boolean NOT NULL,
  quantity       integer NOT NULL CONSTRAINT quantity_is_positive CHECK (quantity > 0),
  unit_price     numeric(20, 6) NOT NULL,
  net_minor      bigint NOT NULL,
  discount_minor bigint NOT NULL,
  tax_minor      bigint NOT NULL,
  total_minor    bigint NOT NULL,
  tax_rate       numeric(9, 6) NOT NULL,
  metadata       jsonb NOT NULL DEFAULT '{}',
  CONSTRAINT components_are_not_negative CHECK (net_minor >= 0 AND discount_minor >= 0 AND tax_minor >= 0),
  CONSTRAINT discount_is_within_net CHECK (discount_minor <= net_minor),
  CONSTRAINT total_is_the_sum_of_its_components CHECK (total_minor = net_minor - discount_minor + tax_minor),
  CONSTRAINT shipping_and_fees_have_one_unit CHECK (kind = 'item' OR quantity = 1)
);
CREATE INDEX order_lines_by_order ON order_lines (order_id);
CREATE INDEX order_lines_by_sku ON order_lines (sku_id);

-- Units from_unit…to_unit of a line, all in one state. The spans of a line partition 1…quantity.
CREATE TABLE line_spans (
  line_id     uuid NOT NULL,
  from_unit   integer NOT NULL,
  to_unit     integer NOT NULL,
  order_id    uuid NOT NULL,
  state       text NOT NULL CONSTRAINT span_state_is_known CHECK (state IN ('open', 'backordered', 'allocated', 'shipped', 'delivered', 'returned', 'cancelled')),
  node_id     uuid,     -- where its units are allocated, or left from
  shipment_id uuid,     -- set while they are being shipped and after
  refund_id   uuid,     -- the refund that gives, or gave, their money back: one at most
  PRIMARY KEY (line_id, from_unit),
  CONSTRAINT a_span_is_a_range CHECK (from_unit >= 1 AND to_unit >= from_unit),
  CONSTRAINT open_units_are_nowhere CHECK (state NOT IN ('open', 'backordered') OR (node_id IS NULL))
) WITH (fillfactor = 70);
CREATE INDEX line_spans_by_order ON line_spans (order_id);

CREATE TABLE order_notes (
  id       uuid PRIMARY KEY,
  order_id uuid NOT NULL,
  body     text NOT NULL CONSTRAINT a_note_says_something CHECK (length(body) BETWEEN 1 AND 4000),
  actor    text NOT NULL,
  at       timestamptz NOT NULL
);
CREATE INDEX order_notes_by_order ON order_notes (order_id);

-- ── Payments and refunds ─────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE payments (
  id                       uuid PRIMARY KEY,
  order_id                 uuid NOT NULL,
  merchant_id              uuid NOT NULL,
  provider                 text NOT NULL,
  method                   text NOT NULL,
  token                    text,          -- the provider's payment-method token; never a card number
  currency                 text NOT NULL,
  amount_minor             bigint NOT NULL CONSTRAINT payment_is_not_negative CHECK (amount_minor >= 0),
  status                   text NOT NULL CONSTRAINT payment_state_is_known CHECK (status IN ('CREATED', 'REQUIRES_ACTION', 'AUTHORIZED', 'PARTIALLY_CAPTURED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED', 'FAILED', 'IN_DOUBT')),
  provider_ref             text,
  brand                    text,
  last4                    text,
  fingerprint              text,
  authorized_minor         bigint NOT NULL DEFAULT 0,
  captured_minor           bigint NOT NULL DEFAULT 0,
  refunded_minor           bigint NOT NULL DEFAULT 0,
  fee_minor                bigint NOT NULL DEFAULT 0,
  hold_id                  uuid,          -- the ledger's pending transfer for the authorization
  authorization_expires_at timestamptz,
  next_action              jsonb,
  failure                  jsonb,
  version                  bigint NOT NULL,
  created_at               timestamptz NOT NULL,
  updated_at               timestamptz NOT NULL,
  CONSTRAINT captured_is_within_authorized CHECK (captured_minor >= 0 AND captured_minor <= authorized_minor),
  CONSTRAINT payment_refunds_are_within_captures CHECK (refunded_minor >= 0 AND refunded_minor <= captured_minor)
) WITH (fillfactor = 70);
CREATE INDEX payments_by_order ON payments (order_id);
CREATE INDEX payments_by_provider_ref ON payments (provider_ref);
CREATE INDEX payments_by_last4 ON payments (last4);
CREATE INDEX payments_by_created ON payments (created_at, id);
CREATE INDEX payments_in_doubt ON payments (created_at) WHERE status = 'IN_DOUBT';

-- Every attempt at the provider. The id is the provider's idempotency key.
CREATE TABLE payment_operations (
  id           uuid PRIMARY KEY,
  payment_id   uuid NOT NULL,
  order_id     uuid NOT NULL,
  kind         text NOT NULL CONSTRAINT operation_kind_is_known CHECK (kind IN ('authorize', 'capture', 'void', 'refund')),
  amount_minor bigint NOT NULL CONSTRAINT operation_amount_is_not_negative CHECK (amount_minor >= 0),
  status       text NOT NULL CONSTRAINT operation_status_is_known CHECK (status IN ('in_flight', 'requires_action', 'unknown', 'succeeded', 'failed')),
  subject_id   uuid,       -- the shipment a capture is for, the refund a refund is for
  provider_ref text,
  error        jsonb,
  response     jsonb,      -- what the provider said, without personal data
  calls        integer NOT NULL DEFAULT 0,
  trace_id     text NOT NULL,
  created_at   timestamptz NOT NULL,
  settled_at   timestamptz
) WITH (fillfactor = 70);
CREATE INDEX payment_operations_by_order ON payment_operations (order_id);
CREATE UNIQUE INDEX one_open_operation_per_payment ON payment_operations (payment_id) WHERE status IN ('in_flight', 'requires_action', 'unknown');
CREATE INDEX payment_operations_by_provider_ref ON payment_operations (provider_ref);

CREATE TABLE refunds (
  id           uuid PRIMARY KEY,
  order_id     uuid NOT NULL,
  merchant_id  uuid NOT NULL,
  number       text NOT NULL CONSTRAINT refund_number_is_unique UNIQUE,
  kind         text NOT NULL CONSTRAINT refund_kind_is_known CHECK (kind IN ('units', 'amount', 'goodwill')),
  status       text NOT NULL CONSTRAINT refund_status_is_known CHECK (status IN ('awaiting_approval', 'pending', 'succeeded', 'failed', 'rejected')),
  amount_minor bigint NOT NULL CONSTRAINT refund_is_positive CHECK (amount_minor > 0),
  currency     text NOT NULL,
  reason       text NOT NULL,
  note         text,
  approval_id  uuid,
  requested_by text NOT NULL,
  failure      jsonb,
  created_at   timestamptz NOT NULL,
  settled_at   timestamptz
);
CREATE INDEX refunds_by_order ON refunds (order_id);
CREATE INDEX refunds_by_created ON refunds (created_at, id);

CREATE TABLE refund_lines (
  refund_id      uuid NOT NULL,
  line_id        uuid NOT NULL,
  from_unit      integer NOT NULL,
  to_unit        integer NOT NULL,
  order_id       uuid NOT NULL,
  net_minor      bigint NOT NULL,
  discount_minor bigint NOT NULL,
  tax_minor      bigint NOT NULL,
  PRIMARY KEY (refund_id, line_id, from_unit)
);
CREATE INDEX refund_lines_by_order ON refund_lines (order_id);

CREATE TABLE refund_legs (
  id           uuid PRIMARY KEY,
  refund_id    uuid NOT NULL,
  order_id     uuid NOT NULL,
  payment_id   uuid NOT NULL,
  amount_minor bigint NOT NULL CONSTRAINT leg_is_positive CHECK (amount_minor > 0),
  status       text NOT NULL CONSTRAINT leg_status_is_known CHECK (status IN ('pending', 'succeeded', 'failed')),
  settled_at   timestamptz
);
CREATE INDEX refund_legs_by_order ON refund_legs (order_id);

CREATE TABLE approvals (
  id           uuid PRIMARY KEY,
  merchant_id  uuid,
  action       text NOT NULL,
  subject      text NOT NULL,       -- order, sku
  subject_id   uuid NOT NULL,
  summary      text NOT NULL,
  amount_minor bigint,
  currency     text,
  payload      jsonb NOT NULL,
  fingerprint  text,
  status       text NOT NULL CONSTRAINT approval_status_is_known CHECK (status IN ('pending', 'approved', 'rejected', 'expired')),
  requested_by text NOT NULL,
  requested_at timestamptz NOT NULL,
  decided_by   text,
  decided_at   timestamptz,
  reason       text,
  expires_at   timestamptz NOT NULL,
  version      bigint NOT NULL DEFAULT 1,
  CONSTRAINT requester_is_not_approver CHECK (decided_by IS NULL OR decided_by <> requested_by),
  CONSTRAINT a_decision_has_a_decider CHECK (status NOT IN ('approved', 'rejected') OR decided_by IS NOT NULL)
);
CREATE INDEX approvals_by_status ON approvals (status, requested_at);
CREATE INDEX approvals_by_subject ON approvals (subject_id);

CREATE TABLE approval_policies (
  action          text NOT NULL,
  currency        text NOT NULL,
  threshold_minor bigint NOT NULL,
  expires_hours   integer NOT NULL DEFAULT 72,
  PRIMARY KEY (action, currency)
);

-- ── Inventory and fulfilment ─────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE nodes (
  id          uuid PRIMARY KEY,
  merchant_id uuid NOT NULL REFERENCES merchants,
  home        text NOT NULL,
  code        text NOT NULL,
  name        text NOT NULL,
  kind        text NOT NULL CONSTRAINT node_kind_is_known CHECK (kind IN ('warehouse', 'store', 'third_party', 'drop_shipper')),
  address     jsonb NOT NULL DEFAULT '{}',
  priority    integer NOT NULL DEFAULT 100,
  active      boolean NOT NULL DEFAULT true,
  version     bigint NOT NULL DEFAULT 1,
  created_at  timestamptz NOT NULL,
  CONSTRAINT node_code_is_unique_per_merchant UNIQUE (merchant_id, code)
);

CREATE TABLE sku_supply (
  sku_id      uuid NOT NULL,
  region      text NOT NULL,
  merchant_id uuid NOT NULL,
  sellable    bigint NOT NULL DEFAULT 0,
  promised    bigint NOT NULL DEFAULT 0,
  limit_over  bigint NOT NULL DEFAULT 0,   -- units that may be promised beyond stock: backorders and preorders
  shortfall   bigint NOT NULL DEFAULT 0,   -- promised units that shrinkage left uncovered, with open work
  version     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (sku_id, region),
  CONSTRAINT supply_is_not_oversold CHECK (promised <= GREATEST(sellable, 0) + limit_over + shortfall),
  CONSTRAINT supply_is_not_negative CHECK (promised >= 0 AND limit_over >= 0 AND shortfall >= 0)
) WITH (fillfactor = 50);

CREATE TABLE channel_supply (
  sku_id   uuid NOT NULL,
  region   text NOT NULL,
  channel  text NOT NULL,
  buffer   bigint NOT NULL DEFAULT 0,
  cap      bigint,
  promised bigint NOT NULL DEFAULT 0,
  version  bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (sku_id, region, channel),
  CONSTRAINT channel_is_not_negative CHECK (promised >= 0 AND buffer >= 0),
  CONSTRAINT channel_is_not_oversold CHECK (cap IS NULL OR promised <= cap)
) WITH (fillfactor = 50);

CREATE TABLE node_stock (
  sku_id      uuid NOT NULL,
  node_id     uuid NOT NULL,
  merchant_id uuid NOT NULL,
  region      text NOT NULL,
  on_hand     bigint NOT NULL DEFAULT 0,
  allocated   bigint NOT NULL DEFAULT 0,
  safety      bigint NOT NULL DEFAULT 0,
  short       bigint NOT NULL DEFAULT 0,   -- allocated units that are not there, with open work
  bin         text,
  version     bigint NOT NULL DEFAULT 0,
  PRIMARY KEY (sku_id, node_id),
  CONSTRAINT stock_is_not_negative CHECK (on_hand >= 0 AND allocated >= 0 AND safety >= 0 AND short >= 0),
  CONSTRAINT allocated_stock_is_there CHECK (allocated <= on_hand + short)
) WITH (fillfactor = 50);
CREATE INDEX node_stock_by_node ON node_stock (node_id);

CREATE TABLE stock_movements (
  id              uuid PRIMARY KEY,
  sku_id          uuid NOT NULL,
  merchant_id     uuid NOT NULL,
  region          text NOT NULL,
  node_id         uuid,
  kind            text NOT NULL CONSTRAINT movement_kind_is_known CHECK (kind IN ('receive', 'adjust', 'count', 'damage', 'promise', 'release', 'allocate', 'deallocate', 'ship', 'return', 'safety', 'limit', 'resolve')),
  on_hand_delta   bigint NOT NULL DEFAULT 0,
  allocated_delta bigint NOT NULL DEFAULT 0,
  safety_delta    bigint NOT NULL DEFAULT 0,
  short_delta     bigint NOT NULL DEFAULT 0,
  sellable_delta  bigint NOT NULL DEFAULT 0,
  promised_delta  bigint NOT NULL DEFAULT 0,
  limit_delta     bigint NOT NULL DEFAULT 0,
  shortfall_delta bigint NOT NULL DEFAULT 0,
  supply_version  bigint,     -- the sku_supply version it made, where it touched supply
  node_version    bigint,     -- the node_stock version it made, where it touched a node
  order_id        uuid,
  shipment_id     uuid,
  reason          text,
  reference       text,
  actor           text NOT NULL,
  trace_id        text NOT NULL,
  at              timestamptz NOT NULL,
  xid             xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX stock_movements_by_sku ON stock_movements (sku_id, id);
CREATE INDEX stock_movements_by_order ON stock_movements (order_id) WHERE order_id IS NOT NULL;

-- Shrinkage that took promised or allocated units: somebody must find them, buy them or tell the customer.
CREATE TABLE shortage_work (
  id          uuid PRIMARY KEY,
  sku_id      uuid NOT NULL,
  region      text NOT NULL,
  node_id     uuid,
  merchant_id uuid NOT NULL,
  shortfall   bigint NOT NULL DEFAULT 0,
  short       bigint NOT NULL DEFAULT 0,
  status      text NOT NULL CONSTRAINT work_status_is_known CHECK (status IN ('open', 'resolved')),
  reason      text NOT NULL,
  opened_at   timestamptz NOT NULL,
  resolved_at timestamptz
);
CREATE INDEX shortage_work_open ON shortage_work (sku_id, region) WHERE status = 'open';

CREATE TABLE shipments (
  id              uuid PRIMARY KEY,
  number          text NOT NULL CONSTRAINT shipment_number_is_unique UNIQUE,
  order_id        uuid NOT NULL,
  merchant_id     uuid NOT NULL,
  node_id         uuid,                -- null for units that need no parcel (services)
  status          text NOT NULL CONSTRAINT shipment_status_is_known CHECK (status IN ('PENDING', 'LABELLED', 'SHIPPED', 'IN_TRANSIT', 'DELIVERED', 'EXCEPTION', 'CANCELLED')),
  carrier         text,
  service         text,
  carrier_ref     text,
  tracking_number text,
  label_url       text,
  value_minor     bigint NOT NULL,     -- what its units are worth to the customer: what its capture takes
  currency        text NOT NULL,
  version         bigint NOT NULL,
  created_at      timestamptz NOT NULL,
  shipped_at      timestamptz,
  delivered_at    timestamptz,
  updated_at      timestamptz NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX shipments_by_order ON shipments (order_id);
CREATE INDEX shipments_by_status ON shipments (status, created_at, id);
CREATE INDEX shipments_by_tracking ON shipments (tracking_number);

-- What a shipment held, kept when its spans move on.
CREATE TABLE shipment_lines (
  shipment_id uuid NOT NULL,
  line_id     uuid NOT NULL,
  from_unit   integer NOT NULL,
  to_unit     integer NOT NULL,
  order_id    uuid NOT NULL,
  PRIMARY KEY (shipment_id, line_id, from_unit)
);
CREATE INDEX shipment_lines_by_order ON shipment_lines (order_id);

CREATE TABLE shipment_updates (
  id          uuid PRIMARY KEY,
  shipment_id uuid NOT NULL,
  order_id    uuid NOT NULL,
  status      text NOT NULL,
  detail      text,
  occurred_at timestamptz NOT NULL,
  received_at timestamptz NOT NULL
);
CREATE INDEX shipment_updates_by_shipment ON shipment_updates (shipment_id, occurred_at);

-- ── Ledger ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE accounts (
  id                 uuid PRIMARY KEY,     -- derived from the code, so that nobody looks it up
  code               text NOT NULL CONSTRAINT account_code_is_unique UNIQUE,
  kind               text NOT NULL,
  home               text NOT NULL,
  merchant_id        uuid,
  customer_id        uuid,
  currency           text NOT NULL,
  normal_side        text NOT NULL CONSTRAINT side_is_known CHECK (normal_side IN ('debit', 'credit')),
  debits_posted      bigint NOT NULL DEFAULT 0,
  credits_posted     bigint NOT NULL DEFAULT 0,
  debits_pending     bigint NOT NULL DEFAULT 0,
  credits_pending    bigint NOT NULL DEFAULT 0,
  limited            boolean NOT NULL DEFAULT false,   -- false: a clearing or contra account that may run either way
  credit_limit_minor bigint NOT NULL DEFAULT 0,
  overdraft_minor    bigint NOT NULL DEFAULT 0,
  frozen             boolean NOT NULL DEFAULT false,
  closed             boolean NOT NULL DEFAULT false,
  version            bigint NOT NULL DEFAULT 0,
  created_at         timestamptz NOT NULL,
  CONSTRAINT counters_are_not_negative CHECK (debits_posted >= 0 AND credits_posted >= 0 AND debits_pending >= 0 AND credits_pending >= 0 AND credit_limit_minor >= 0 AND overdraft_minor >= 0),
  CONSTRAINT available_is_within_the_limit CHECK (
    NOT limited
    OR CASE normal_side
         WHEN 'credit' THEN credits_posted - debits_posted - debits_pending
         ELSE debits_posted - credits_posted - credits_pending
       END >= -(credit_limit_minor + overdraft_minor))
) WITH (fillfactor = 50);
CREATE INDEX accounts_by_merchant ON accounts (merchant_id);
CREATE INDEX accounts_by_customer ON accounts (customer_id);

CREATE TABLE transfers (
  id                   uuid PRIMARY KEY,
  journal_id           uuid NOT NULL,
  kind                 text NOT NULL,
  phase                text NOT NULL CONSTRAINT phase_is_known CHECK (phase IN ('single', 'pending', 'post', 'void')),
  hold_id              uuid,            -- the pending transfer that a post or void acts on
  debit_account        uuid NOT NULL,
  credit_account       uuid NOT NULL,
  amount_minor         bigint NOT NULL CONSTRAINT amount_is_positive CHECK (amount_minor > 0),
  currency             text NOT NULL,
  order_id             uuid,
  payment_id           uuid,
  reference            text,
  debit_version        bigint NOT NULL,
  credit_version       bigint NOT NULL,
  debit_balance_minor  bigint NOT NULL,   -- posted balance on the account's normal side, after this transfer
  credit_balance_minor bigint NOT NULL,
  actor                text NOT NULL,
  trace_id             text NOT NULL,
  at                   timestamptz NOT NULL,
  xid                  xid8 NOT NULL DEFAULT pg_current_xact_id(),
  CONSTRAINT a_transfer_has_two_accounts CHECK (debit_account <> credit_account),
  CONSTRAINT a_second_phase_names_its_hold CHECK ((phase IN ('post', 'void')) = (hold_id IS NOT NULL))
);
CREATE INDEX transfers_by_debit ON transfers (debit_account, debit_version);
CREATE INDEX transfers_by_credit ON transfers (credit_account, credit_version);
CREATE INDEX transfers_by_order ON transfers (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE holds (
  id              uuid PRIMARY KEY,       -- the pending transfer's id
  debit_account   uuid NOT NULL,
  credit_account  uuid NOT NULL,
  currency        text NOT NULL,
  amount_minor    bigint NOT NULL,
  remaining_minor bigint NOT NULL,
  status          text NOT NULL CONSTRAINT hold_status_is_known CHECK (status IN ('open', 'posted', 'voided')),
  order_id        uuid,
  expires_at      timestamptz,
  created_at      timestamptz NOT NULL,
  CONSTRAINT remaining_is_within_the_hold CHECK (remaining_minor >= 0 AND remaining_minor <= amount_minor),
  CONSTRAINT a_finished_hold_holds_nothing CHECK (status = 'open' OR remaining_minor = 0)
) WITH (fillfactor = 70);
CREATE INDEX holds_open ON holds (debit_account) WHERE status = 'open';

-- ── Notifications and imports ────────────────────────────────────────────────────────────────────────────────────────────

CREATE TABLE notifications (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL,
  event_id    uuid NOT NULL,
  order_id    uuid,
  customer_id uuid,
  merchant_id uuid,
  recipient   text,
  locale      text NOT NULL DEFAULT 'en',
  data        jsonb NOT NULL,
  status      text NOT NULL CONSTRAINT notification_status_is_known CHECK (status IN ('queued', 'sent', 'failed', 'suppressed')),
  created_at  timestamptz NOT NULL,
  sent_at     timestamptz,
  CONSTRAINT an_event_is_told_once UNIQUE (event_id, kind)
);
CREATE INDEX notifications_by_order ON notifications (order_id);

CREATE TABLE import_runs (
  id          uuid PRIMARY KEY,
  format      text NOT NULL,
  merchant_id uuid NOT NULL,
  status      text NOT NULL CONSTRAINT run_status_is_known CHECK (status IN ('running', 'done', 'failed')),
  files       jsonb NOT NULL,
  totals      jsonb,
  started_at  timestamptz NOT NULL,
  finished_at timestamptz
);

-- Every source line ends in exactly one bucket.
CREATE TABLE import_lines (
  merchant_id     uuid NOT NULL,
  file            text NOT NULL,
  line            integer NOT NULL,
  run_id          uuid NOT NULL,
  bucket          text NOT NULL CONSTRAINT bucket_is_known CHECK (bucket IN ('sale', 'refund', 'refund_partial', 'refund_unmatched', 'adjustment', 'reject')),
  invoice         text,
  sku_code        text,
  quantity        bigint,
  unit_price      numeric(20, 6),
  source_amount   numeric(24, 6),
  ledger_minor    bigint NOT NULL DEFAULT 0,
  price_variance  numeric(24, 6) NOT NULL DEFAULT 0,
  rounding        numeric(24, 6) NOT NULL DEFAULT 0,
  unmatched       numeric(24, 6) NOT NULL DEFAULT 0,
  order_id        uuid,
  refund_id       uuid,
  reason          text,
  PRIMARY KEY (merchant_id, file, line)
);
CREATE INDEX import_lines_by_order ON import_lines (order_id);

-- ── What may never change ────────────────────────────────────────────────────────────────────────────────────────────────

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: write a new row instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON events          FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_log       FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON transfers       FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON stock_movements FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON events          EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON audit_log       EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON transfers       EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON stock_movements EXECUTE FUNCTION refuse_change();

-- ── What the application may do ──────────────────────────────────────────────────────────────────────────────────────────
-- The owner migrates; the role waybill_app runs. migrate.ts makes the role before this runs.

GRANT USAGE ON SCHEMA public TO waybill_app;
GRANT SELECT, INSERT, UPDATE ON ALL TABLES IN SCHEMA public TO waybill_app;
REVOKE UPDATE ON events, audit_log, transfers, stock_movements FROM waybill_app;
GRANT DELETE ON line_spans, idempotency_keys, sessions, user_tokens, event_deliveries TO waybill_app;
