/** The statements of the ledger's baselines. They write the rows that the product writes, with its keys, indexes and running balances. */

const COLUMNS = `id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, debit_version, credit_version,
  debit_balance_minor, credit_balance_minor, actor, trace_id, at`;

export const LOCK_BOTH = {
  name: 'lock-both',
  text: `SELECT id, currency, normal_side, limited, credit_limit_minor, overdraft_minor, frozen, closed, debits_posted, credits_posted,
           debits_pending, credits_pending, version
         FROM accounts WHERE id IN ($1, $2) ORDER BY id FOR NO KEY UPDATE`,
};

export const UPDATE_BOTH = {
  name: 'update-both',
  text: `UPDATE accounts SET debits_posted = debits_posted + CASE id WHEN $1 THEN $3::int8 ELSE 0 END,
           credits_posted = credits_posted + CASE id WHEN $2 THEN $3::int8 ELSE 0 END, version = version + 1
         WHERE id IN ($1::uuid, $2::uuid)`,
};

export const INSERT_TRANSFER = {
  name: 'insert-transfer',
  text: `INSERT INTO transfers (${COLUMNS}) VALUES ($1, $2, $3, 'single', $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
};

/** One transfer in one call: what a careful author of stored procedures would write. */
export const POST_TRANSFER = `
CREATE FUNCTION post_transfer(p_id uuid, p_journal uuid, p_kind text, p_debit uuid, p_credit uuid, p_amount int8, p_currency text,
                              p_actor text, p_trace text, p_at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  one accounts; two accounts; debit accounts; credit accounts; available int8; debit_after int8; credit_after int8;
BEGIN
  SELECT * INTO one FROM accounts WHERE id = least(p_debit, p_credit) FOR NO KEY UPDATE;
  SELECT * INTO two FROM accounts WHERE id = greatest(p_debit, p_credit) FOR NO KEY UPDATE;
  IF one.id = p_debit THEN debit := one; credit := two; ELSE debit := two; credit := one; END IF;
  IF debit.frozen OR debit.closed OR credit.frozen OR credit.closed THEN RAISE EXCEPTION 'account frozen or closed'; END IF;
  IF debit.currency <> p_currency OR credit.currency <> p_currency THEN RAISE EXCEPTION 'currency mismatch'; END IF;
  IF debit.limited AND debit.normal_side = 'credit' THEN
    available := debit.credits_posted - debit.debits_posted - debit.debits_pending + debit.credit_limit_minor + debit.overdraft_minor;
    IF available < p_amount THEN RAISE EXCEPTION 'insufficient funds'; END IF;
  END IF;
  UPDATE accounts SET debits_posted = debits_posted + p_amount, version = version + 1 WHERE id = p_debit;
  UPDATE accounts SET credits_posted = credits_posted + p_amount, version = version + 1 WHERE id = p_credit;
  debit_after := CASE debit.normal_side WHEN 'credit' THEN debit.credits_posted - debit.debits_posted - p_amount
                                        ELSE debit.debits_posted + p_amount - debit.credits_posted END;
  credit_after := CASE credit.normal_side WHEN 'credit' THEN credit.credits_posted + p_amount - credit.debits_posted
                                          ELSE credit.debits_posted - credit.credits_posted - p_amount END;
  INSERT INTO transfers (${COLUMNS})
  VALUES (p_id, p_journal, p_kind, 'single', p_debit, p_credit, p_amount, p_currency, debit.version + 1, credit.version + 1,
          debit_after, credit_after, p_actor, p_trace, p_at);
END $$`;

export const CALL_POST_TRANSFER = {
  name: 'call-post-transfer',
  text: 'SELECT post_transfer($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
};
