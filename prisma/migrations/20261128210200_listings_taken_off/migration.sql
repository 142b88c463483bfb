-- A listing that somebody took off: the channel is told that there is nothing, whatever is on the shelf.
ALTER TABLE channel_listings ADD COLUMN taken_off boolean NOT NULL DEFAULT false;
