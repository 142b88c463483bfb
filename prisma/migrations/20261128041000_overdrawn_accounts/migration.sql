-- Which wallets owe money is asked by people. Only an overdraft lets an account fall below nothing, and it changes seldom: an index on the
-- balance itself would cost every transfer its cheap update.
CREATE INDEX CONCURRENTLY IF NOT EXISTS accounts_overdrawn ON accounts (id) WHERE overdraft_minor > 0;
