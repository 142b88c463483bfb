-- What a merchant calls an account of its own programs. Accounts that the house keeps are named by their kind.
ALTER TABLE accounts ADD COLUMN name text;
