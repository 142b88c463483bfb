-- Notices to customers leave the house as mail (docs/decisions/031-mail-at-most-once.md).

ALTER TABLE notifications
  -- What caused it: an event, or the link of a sign-in mail. Null for what a person sends again.
  ALTER COLUMN event_id DROP NOT NULL,
  ADD COLUMN attempts     integer NOT NULL DEFAULT 0,
  ADD COLUMN next_at      timestamptz,   -- queued: when to try
  ADD COLUMN leased_until timestamptz,   -- sending: after this nobody knows what became of it
  ADD COLUMN reason       text,          -- why it was not sent, as a word
  ADD COLUMN message_id   text,
  ADD COLUMN subject      text,          -- subject, html and body: as they were sent
  ADD COLUMN html         text,
  ADD COLUMN body         text,
  ADD COLUMN resends      uuid,          -- the notice that a person had sent again
  ADD COLUMN actor        text;          -- who wrote or resent it; null for what an event caused

-- What piled up while nothing was sent is history to the customers: nobody is written to about it now.
UPDATE notifications SET status = 'suppressed', reason = 'too_old' WHERE status = 'queued';
UPDATE notifications SET reason = 'no_address' WHERE status = 'suppressed' AND reason IS NULL;

ALTER TABLE notifications
  DROP CONSTRAINT notification_status_is_known,
  ADD CONSTRAINT notification_status_is_known CHECK (status IN ('queued', 'sending', 'sent', 'failed', 'in_doubt', 'suppressed')),
  ADD CONSTRAINT a_queued_notice_has_its_time CHECK ((status = 'queued') = (next_at IS NOT NULL)),
  ADD CONSTRAINT a_sending_notice_is_leased CHECK ((status = 'sending') = (leased_until IS NOT NULL)),
  ADD CONSTRAINT a_notice_on_its_way_has_an_address CHECK (recipient IS NOT NULL OR status NOT IN ('queued', 'sending'));

CREATE INDEX notifications_due ON notifications (next_at, id) WHERE status = 'queued';
CREATE INDEX notifications_leased ON notifications (leased_until) WHERE status = 'sending';
CREATE INDEX notifications_by_created ON notifications (created_at, id);
CREATE INDEX notifications_by_merchant_created ON notifications (merchant_id, created_at, id);
CREATE INDEX notifications_by_status ON notifications (status, created_at, id);
CREATE INDEX notifications_by_resent ON notifications (resends) WHERE resends IS NOT NULL;

-- What the mail server said, attempt by attempt.
CREATE TABLE notification_attempts (
  notice_id  uuid NOT NULL,
  attempt    integer NOT NULL,
  started_at timestamptz NOT NULL,
  ended_at   timestamptz,
  outcome    text CONSTRAINT attempt_outcome_is_known CHECK (outcome IN ('accepted', 'refused', 'deferred', 'unknown')),
  answer     text,
  PRIMARY KEY (notice_id, attempt),
  CONSTRAINT an_attempt_ends_with_an_outcome CHECK ((outcome IS NULL) = (ended_at IS NULL))
);
CREATE INDEX notification_attempts_by_start ON notification_attempts (started_at);

GRANT SELECT, INSERT, UPDATE, DELETE ON notification_attempts TO waybill_app;
