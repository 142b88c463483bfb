-- A replay may be of the last days instead of the last orders only.
ALTER TABLE routing_simulations ADD COLUMN last_days integer CONSTRAINT a_replay_is_of_some_days CHECK (last_days BETWEEN 1 AND 366);
