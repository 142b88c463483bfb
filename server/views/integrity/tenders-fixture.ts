import { newId } from '../../kernel/ids.ts';
import { AT, REGION } from './books-fixture.ts';
import type { Corruption } from './corruptions-fixture.ts';
import type { World } from './world-fixture.ts';

/** A gift card that was used once and has expired, and one in use; a customer with credit. */
export function addTenders(w: World): void {
  const { merchantId: merchant_id, customerId: customer_id } = w;
  const funding = w.account('gift_card_funding', 'debit');
  const breakage = w.account('breakage', 'credit');
  const common = { home: REGION, merchant_id, currency: 'EUR', created_at: AT, updated_at: AT, version: 1 };
  for (const status of ['active', 'expired'] as const) {
    const account = Object.assign(w.account(`gift_card_${status}`, 'credit'), { kind: 'gift_card', limited: true });
    const id = newId();
    w.transfer('gift_card_issue', 'single', funding, account, 5_000, null);
    if (status === 'expired') w.transfer('gift_card_expiry', 'single', account, breakage, 5_000, null);
    const card = { id, account_id: account.id, code_hash: `hash of ${status}`, last4: 'ABCD', initial_minor: 5_000 };
    w.add('gift_cards', { ...common, ...card, status, reason: 'sold', issued_by: 'user:a' });
  }
  const credit = Object.assign(w.account('store_credit', 'credit'), { limited: true, customer_id });
  w.transfer('store_credit_issue', 'single', funding, credit, 1_000, null);
  w.add('store_credits', { ...common, id: credit.id, customer_id, status: 'active' });
}

/** Mistakes of gift cards and store credit. */
export const TENDERS: readonly Corruption[] = [
  {
    invariant: 'tenders.accounts',
    what: 'a gift card on another merchant’s account',
    plant: `UPDATE accounts SET merchant_id = gen_random_uuid() WHERE code = 'gift_card_active:EUR'`,
    also: ['ledger.references'],
  },
  {
    invariant: 'tenders.accounts',
    what: 'a customer’s credit that nobody knows of',
    plant: 'DELETE FROM store_credits',
  },
  {
    invariant: 'tenders.issued',
    what: 'a gift card that claims more than was put on it',
    plant: `UPDATE gift_cards SET initial_minor = initial_minor + 1 WHERE status = 'active'`,
  },
  {
    invariant: 'tenders.ended',
    what: 'a void card that kept its money',
    plant: `UPDATE gift_cards SET status = 'void' WHERE status = 'active'`,
  },
];
