-- A gateway that cannot be asked is believed by what it told of an attempt (docs/decisions/105).
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_webhooks_by_attempt ON inbound_webhooks ((payload->>'operationId')) WHERE source = 'adyen';
