-- How our accounts are called in the accountant's books: per kind, or per kind for one merchant. Where no number is given, the one that
-- server/domains/gl/rules.ts gives out of the box holds.
CREATE TABLE gl_accounts (
  id          uuid PRIMARY KEY,
  kind        text NOT NULL,
  merchant_id uuid REFERENCES merchants,
  number      text,
  name        text,
  version     bigint NOT NULL CONSTRAINT a_mapping_has_a_version CHECK (version >= 0),
  updated_at  timestamptz NOT NULL,
  CONSTRAINT a_number_has_a_name CHECK ((number IS NULL) = (name IS NULL))
);
CREATE UNIQUE INDEX gl_accounts_by_kind ON gl_accounts (kind, merchant_id) NULLS NOT DISTINCT;

GRANT SELECT, INSERT, UPDATE ON gl_accounts TO waybill_app;
