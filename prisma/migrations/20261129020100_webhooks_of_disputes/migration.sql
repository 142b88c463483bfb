-- A gateway that cannot be asked is believed by what it told of a payment's disputes (docs/decisions/110).
CREATE INDEX CONCURRENTLY IF NOT EXISTS inbound_webhooks_by_disputed_payment ON inbound_webhooks ((payload->>'paymentRef'))
  WHERE source = 'adyen' AND payload->>'disputeRef' IS NOT NULL;
