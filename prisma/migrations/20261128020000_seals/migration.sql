-- Proof that nobody changed what may never change (docs/decisions/080): one chain of seals per region over transfers and audit rows.

-- A seal covers the rows of transactions after the previous seal's last one, up to its own last one, and the previous seal's hash. Its
-- bound is a transaction of a row, not of a moment, so that a restored copy can translate it (docs/decisions/070).
CREATE TABLE seals (
  home          text NOT NULL,
  number        bigint NOT NULL CONSTRAINT seals_are_counted_from_one CHECK (number > 0),
  row_count     bigint NOT NULL CONSTRAINT a_seal_covers_rows CHECK (row_count > 0),
  previous_hash bytea NOT NULL,
  hash          bytea NOT NULL,
  sealed_at     timestamptz NOT NULL,
  through_xid   xid8 NOT NULL,        -- the last transaction whose rows it covers
  PRIMARY KEY (home, number),
  CONSTRAINT a_seal_is_sha256 CHECK (octet_length(hash) = 32 AND octet_length(previous_hash) = 32)
);

-- What a seal covers of one table. Leaves are the rows' ids, each with the first eight bytes of its digest, by id: they name the row that
-- was changed, where the digest only tells that one was.
CREATE TABLE seal_contents (
  home      text NOT NULL,
  number    bigint NOT NULL,
  source    text NOT NULL,
  columns   text[] NOT NULL,
  row_count integer NOT NULL,
  digest    bytea NOT NULL,
  leaves    bytea NOT NULL,
  PRIMARY KEY (home, number, source),
  FOREIGN KEY (home, number) REFERENCES seals,
  CONSTRAINT a_digest_is_sha256 CHECK (octet_length(digest) = 32),
  CONSTRAINT each_row_has_a_leaf CHECK (octet_length(leaves) = 24 * row_count)
);
-- Ids and digests do not compress.
ALTER TABLE seal_contents ALTER COLUMN leaves SET STORAGE EXTERNAL;

-- How far the chain was verified, and what its seal was then: a chain that was made anew does not meet it.
CREATE TABLE seal_marks (
  home             text PRIMARY KEY,
  number           bigint NOT NULL,
  hash             bytea NOT NULL,
  verified_at      timestamptz NOT NULL,
  full_verified_at timestamptz          -- when every row of every seal was last compared
);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON seals         FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON seal_contents FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON seals         EXECUTE FUNCTION refuse_change();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON seal_contents EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON seals, seal_contents TO waybill_app;
GRANT SELECT, INSERT, UPDATE ON seal_marks TO waybill_app;
