-- A checkout: what somebody is about to pay for, from the cart (or an agent's draft) until an order is confirmed. The link to it carries
-- a token made from its id and the installation's secret; nothing secret is stored here, and no card data ever is.
CREATE TABLE checkouts (
  id              uuid PRIMARY KEY,
  home            text NOT NULL,
  merchant_id     uuid NOT NULL,
  source          text NOT NULL CONSTRAINT checkout_source_is_known CHECK (source IN ('shop', 'console')),
  state           text NOT NULL CONSTRAINT checkout_state_is_known CHECK (state IN ('open', 'paying', 'paid', 'expired', 'cancelled')),
  currency        text NOT NULL,
  lines           jsonb NOT NULL,   -- [{sku, name, quantity}]
  customer        jsonb NOT NULL,   -- {email, name, phone}
  ship_to         jsonb,
  quote_id        uuid,             -- what the customer was shown last
  shipping_option text,
  order_id        uuid,             -- the attempt to pay that is on its way, or that succeeded
  order_ids       text[] NOT NULL DEFAULT '{}',  -- every order that was placed for it, oldest first
  locale          text NOT NULL,
  return_url      text,
  created_by      text NOT NULL,
  created_at      timestamptz NOT NULL,
  updated_at      timestamptz NOT NULL,
  expires_at      timestamptz NOT NULL,
  link_sent_at    timestamptz,
  paid_at         timestamptz,
  version         bigint NOT NULL,
  CONSTRAINT paying_names_its_order CHECK (state NOT IN ('paying', 'paid') OR order_id IS NOT NULL),
  CONSTRAINT a_checkout_lasts_a_while CHECK (expires_at > created_at)
);
CREATE UNIQUE INDEX an_order_has_one_checkout ON checkouts (order_id) WHERE order_id IS NOT NULL;
CREATE INDEX checkouts_unsettled ON checkouts (expires_at) WHERE state IN ('open', 'paying');
CREATE INDEX checkouts_by_creation ON checkouts (created_at, id);
CREATE INDEX drafts_by_creation ON checkouts (created_at, id) WHERE source = 'console';

GRANT SELECT, INSERT, UPDATE, DELETE ON checkouts TO waybill_app;
