-- Routing: what a node can do and costs, the rules by which a merchant's orders find their nodes, and why each order went where it went.

-- A node without a row has the defaults of server/domains/routing/rules.ts. Amounts are minor units of the merchant's currency.
CREATE TABLE node_settings (
  node_id              uuid PRIMARY KEY REFERENCES nodes,
  merchant_id          uuid NOT NULL,
  time_zone            text NOT NULL,
  cutoff_minutes       integer NOT NULL CONSTRAINT cutoff_is_a_minute_of_the_day CHECK (cutoff_minutes BETWEEN 0 AND 1440),
  handling_days        integer NOT NULL CONSTRAINT handling_days_are_not_negative CHECK (handling_days >= 0),
  working_days         text[] NOT NULL,            -- '1' (Monday) … '7'
  blackout_days        text[] NOT NULL DEFAULT '{}',
  capacity_per_day     integer CONSTRAINT capacity_is_not_negative CHECK (capacity_per_day >= 0),  -- null: no limit
  capacity_unit        text NOT NULL DEFAULT 'orders' CONSTRAINT capacity_unit_is_known CHECK (capacity_unit IN ('orders', 'units')),
  area                 jsonb NOT NULL DEFAULT '[]',  -- [{"country": "DE", "prefixes": ["10"]}]; empty: everywhere
  zones                jsonb NOT NULL DEFAULT '[]',  -- the first that holds the address: {name, area, transit_days, bands: [{up_to_grams, price_minor}]}
  handling_order_minor bigint NOT NULL DEFAULT 0 CONSTRAINT handling_order_is_not_negative CHECK (handling_order_minor >= 0),
  handling_unit_minor  bigint NOT NULL DEFAULT 0 CONSTRAINT handling_unit_is_not_negative CHECK (handling_unit_minor >= 0),
  ship_from            boolean NOT NULL DEFAULT true,
  pick_up              boolean NOT NULL DEFAULT false,
  version              bigint NOT NULL,
  created_at           timestamptz NOT NULL,
  updated_at           timestamptz NOT NULL
);
CREATE INDEX node_settings_by_merchant ON node_settings (merchant_id);

-- Changes whenever settings or rules of a node's merchant do: a process knows by it whether what it remembers is still true. Null: this
-- merchant has neither.
ALTER TABLE nodes ADD COLUMN routing_stamp uuid;

CREATE TABLE routing_rule_sets (
  id           uuid PRIMARY KEY,
  merchant_id  uuid NOT NULL REFERENCES merchants,
  number       integer NOT NULL,                   -- 1, 2, 3 … per merchant
  status       text NOT NULL CONSTRAINT rule_set_status_is_known CHECK (status IN ('draft', 'active', 'retired')),
  content      jsonb NOT NULL,
  note         text,
  version      bigint NOT NULL,
  created_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  updated_at   timestamptz NOT NULL,
  activated_at timestamptz,
  activated_by text,
  retired_at   timestamptz,
  CONSTRAINT rule_set_number_is_unique_per_merchant UNIQUE (merchant_id, number),
  CONSTRAINT an_active_set_says_since_when CHECK (status <> 'active' OR activated_at IS NOT NULL)
);
CREATE UNIQUE INDEX one_active_rule_set_per_merchant ON routing_rule_sets (merchant_id) WHERE status = 'active';
CREATE UNIQUE INDEX one_draft_rule_set_per_merchant ON routing_rule_sets (merchant_id) WHERE status = 'draft';

-- What was active stays as it was: decisions name its number.
CREATE FUNCTION rules_that_were_active_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.status <> 'draft' AND (NEW.content, NEW.number, NEW.activated_at) IS DISTINCT FROM (OLD.content, OLD.number, OLD.activated_at) THEN
    RAISE EXCEPTION 'routing_rule_sets %: only a draft changes', OLD.id USING ERRCODE = 'check_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER rules_stay BEFORE UPDATE ON routing_rule_sets FOR EACH ROW EXECUTE FUNCTION rules_that_were_active_stay();

-- What nodes with a capacity took on a day: a row per order and change, negative when it is taken from them again. No counter is kept, so
-- none is hot.
CREATE TABLE node_loads (
  id       uuid PRIMARY KEY,
  node_id  uuid NOT NULL,
  day      date NOT NULL,                          -- in the node's time zone
  order_id uuid NOT NULL,
  units    integer NOT NULL,
  at       timestamptz NOT NULL
);
CREATE INDEX node_loads_by_day ON node_loads (node_id, day) INCLUDE (order_id, units);
CREATE INDEX node_loads_by_order ON node_loads (order_id);

-- Units that were taken from a node and must not be given to it again.
CREATE TABLE routing_exclusions (
  id          uuid PRIMARY KEY,
  release_id  uuid NOT NULL,                       -- units that were released together
  order_id    uuid NOT NULL,
  merchant_id uuid NOT NULL,
  line_id     uuid NOT NULL,
  from_unit   integer NOT NULL,
  to_unit     integer NOT NULL,
  node_id     uuid NOT NULL,
  reason      text NOT NULL CONSTRAINT reroute_reason_is_known CHECK (reason IN ('rejected', 'shortage', 'silent', 'late', 'lost', 'damaged', 'manual')),
  detail      text,
  actor       text NOT NULL,
  trace_id    text NOT NULL,
  at          timestamptz NOT NULL,
  CONSTRAINT excluded_units_are_a_range CHECK (from_unit >= 1 AND to_unit >= from_unit)
);
CREATE INDEX routing_exclusions_by_order ON routing_exclusions (order_id);

CREATE TABLE routing_decisions (
  id            uuid PRIMARY KEY,
  order_id      uuid NOT NULL,
  merchant_id   uuid NOT NULL,
  rules_number  integer,                           -- null: no rules were active
  inputs_digest text NOT NULL,
  chosen        jsonb NOT NULL,
  explanation   jsonb NOT NULL,
  cost_minor    bigint NOT NULL,
  currency      text NOT NULL,
  solver        text NOT NULL CONSTRAINT solver_is_known CHECK (solver IN ('exact', 'bounded', 'greedy')),
  took_ms       numeric(12,3) NOT NULL,
  reason        text NOT NULL,
  trace_id      text NOT NULL,
  at            timestamptz NOT NULL
);
CREATE INDEX routing_decisions_by_order ON routing_decisions (order_id);

CREATE TABLE routing_simulations (
  id           uuid PRIMARY KEY,
  merchant_id  uuid NOT NULL,
  rule_set_id  uuid NOT NULL,
  rules        jsonb NOT NULL,                     -- the draft as it was when the replay was asked for
  last_orders  integer NOT NULL CONSTRAINT a_replay_is_bounded CHECK (last_orders BETWEEN 1 AND 5000),
  status       text NOT NULL CONSTRAINT simulation_status_is_known CHECK (status IN ('queued', 'running', 'done', 'failed')),
  progress     integer NOT NULL DEFAULT 0,
  total        integer NOT NULL DEFAULT 0,
  result       jsonb,
  error        text,
  started_by   text NOT NULL,
  created_at   timestamptz NOT NULL,
  finished_at  timestamptz
);
CREATE INDEX routing_simulations_by_merchant ON routing_simulations (merchant_id, created_at);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON node_loads         FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON routing_exclusions FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON routing_decisions  FOR EACH ROW EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT, UPDATE ON node_settings, routing_rule_sets, routing_simulations TO waybill_app;
GRANT SELECT, INSERT ON node_loads, routing_exclusions, routing_decisions TO waybill_app;
