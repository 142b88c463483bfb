-- What each process saw in a few seconds: its lanes, requests, jobs and memory. The page of health adds them up; they are kept for two
-- days (docs/decisions/043).
CREATE TABLE process_samples (
  id         uuid PRIMARY KEY,
  process_id uuid NOT NULL,
  role       text NOT NULL,
  host       text NOT NULL,
  pid        integer NOT NULL,
  started_at timestamptz NOT NULL,
  at         timestamptz NOT NULL,
  seconds    double precision NOT NULL CONSTRAINT a_sample_covers_time CHECK (seconds > 0),
  figures    jsonb NOT NULL
);
CREATE INDEX process_samples_by_time ON process_samples (at);

-- UPDATE, because whoever removes expired rows locks them first.
GRANT SELECT, INSERT, UPDATE, DELETE ON process_samples TO waybill_app;
