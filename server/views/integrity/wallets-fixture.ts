import { newId } from '../../kernel/ids.ts';
import { type Account, AT, type Books } from './books-fixture.ts';

/** Two customers with a wallet each: money from the bank, some of it sent, a request paid; and one wallet that was closed. */
export function addWallets(w: Books): void {
  const friend = newId();
  w.add('customers', { id: friend, email: 'f@example.com', email_normalized: 'f@example.com', created_at: AT });
  const bank = w.account('bank_clearing', 'debit');
  const account = (name: string, customer_id: string): Account =>
    Object.assign(w.account(name, 'credit'), { kind: 'wallet', merchant_id: null, customer_id, limited: true });
  const [one, two, gone] = [account('wallet-1', w.customerId), account('wallet-2', friend), account('wallet-3', friend)];
  w.transfer('top_up', 'single', bank, one, 5_000, null);
  const [from, to] = [newId(), newId()];
  const request = newId();
  const sent = [w.transfer('p2p', 'single', one, two, 700, null), w.transfer('p2p', 'single', one, two, 300, null)];
  const wallet = {
    currency: 'EUR',
    tier: 'basic',
    status: 'active',
    home: 'EU',
    day: '2026-11-22',
    month: '2026-11-01',
    opened_at: AT,
  };
  w.add('wallets', {
    ...wallet,
    id: from,
    customer_id: w.customerId,
    account_id: one.id,
    day_out_minor: 1_000,
    month_out_minor: 1_000,
  });
  w.add('wallets', { ...wallet, id: to, customer_id: friend, account_id: two.id });
  w.add('wallets', { ...wallet, id: newId(), customer_id: friend, account_id: gone.id, status: 'closed', closed_at: AT });
  const between = { from_wallet: from, to_wallet: to, from_customer: w.customerId, to_customer: friend, currency: 'EUR', at: AT };
  const counted = { counted_on: '2026-11-22' };
  w.add('wallet_transfers', { id: sent[0], ...between, ...counted, amount_minor: 700, note: 'Dinner' });
  w.add('wallet_transfers', { id: sent[1], ...between, ...counted, amount_minor: 300, request_id: request });
  const asked = {
    requester_wallet: to,
    requester_id: friend,
    payer_id: w.customerId,
    currency: 'EUR',
    amount_minor: 300,
    home: 'EU',
  };
  const times = { created_at: AT, expires_at: '2100-01-01T00:00:00Z' };
  w.add('money_requests', { id: request, ...asked, ...times, status: 'paid', transfer_id: sent[1], decided_at: AT });
  w.add('wallet_handles', { handle: 'friend', customer_id: friend, current: true, set_at: AT });
}

/** Mistakes that the invariants of wallets must notice. */
export const WALLET_CORRUPTIONS: readonly { readonly invariant: string; readonly what: string; readonly plant: string }[] = [
  {
    invariant: 'wallets.accounts',
    what: 'a wallet on somebody else’s account',
    plant: `UPDATE wallets SET customer_id = gen_random_uuid() WHERE status = 'closed'`,
  },
  {
    invariant: 'wallets.accounts',
    what: 'a wallet that was closed with money in it',
    plant: `UPDATE wallets SET status = 'closed', closed_at = now() WHERE day_out_minor > 0`,
  },
  {
    invariant: 'wallets.transfers',
    what: 'a transfer that says another amount than the ledger',
    plant: `UPDATE wallet_transfers SET amount_minor = 699 WHERE amount_minor = 700`,
  },
  {
    invariant: 'wallets.transfers',
    what: 'money that moved between wallets and nobody sent',
    plant: 'DELETE FROM wallet_transfers WHERE amount_minor = 700',
  },
  {
    invariant: 'wallets.usage',
    what: 'a day’s spending forgotten',
    plant: 'UPDATE wallets SET day_out_minor = 0 WHERE day_out_minor > 0',
  },
  {
    invariant: 'wallets.usage',
    what: 'spending counted that never left',
    plant: 'UPDATE wallets SET month_out_minor = month_out_minor + 1 WHERE month_out_minor > 0',
  },
  {
    invariant: 'wallets.requests',
    what: 'a request paid by somebody else’s transfer',
    plant: `UPDATE money_requests SET transfer_id = (SELECT id FROM wallet_transfers WHERE amount_minor = 700)`,
  },
];
