-- A checkout may hold the cart's units for a while, and its goods may be fetched at a store instead of being sent.
ALTER TABLE checkouts
  ADD COLUMN hold jsonb,                           -- {reservationId, until}
  ADD COLUMN pickup jsonb,                         -- {nodeId, name, place: {line1, city, country, region, postalCode}}
  ADD COLUMN accept text NOT NULL DEFAULT 'all' CONSTRAINT checkout_accepts_all_or_what_there_is CHECK (accept IN ('all', 'available'));
