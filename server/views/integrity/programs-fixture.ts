import { newId } from '../../kernel/ids.ts';
import type { Account, Books } from './books-fixture.ts';
import type { Corruption } from './corruptions-fixture.ts';

/** A merchant's points, some of them earned and some spent, and a hold. */
export function addPrograms(w: Books): void {
  const program = (kind: string, name: string, side: 'debit' | 'credit'): Account =>
    Object.assign(w.account(name, side), { kind, code: `${kind}:${w.merchantId}:${name}:EUR`, limited: kind === 'program' });
  const [funding, points] = [program('program_funding', 'funding', 'debit'), program('program', 'points', 'credit')];
  w.transfer('program.earned', 'single', funding, points, 900, null);
  w.transfer('program.spent', 'single', points, funding, 200, null);
}

/** A transfer from goodwill to points that both accounts follow faithfully. */
const CROSSING = `
  INSERT INTO transfers (id, journal_id, kind, phase, debit_account, credit_account, amount_minor, currency, debit_version, credit_version,
                         debit_balance_minor, credit_balance_minor, actor, trace_id, at)
  SELECT '${newId()}', gen_random_uuid(), 'program.x', 'single', d.id, c.id, 5, 'EUR', d.version + 1, c.version + 1,
         d.debits_posted - d.credits_posted + 5, c.credits_posted - c.debits_posted + 5, 'system:test', 't', now()
  FROM accounts d, accounts c WHERE d.code = 'goodwill:EUR' AND c.code LIKE 'program:%';
  UPDATE accounts SET debits_posted = debits_posted + 5, version = version + 1 WHERE code = 'goodwill:EUR';
  UPDATE accounts SET credits_posted = credits_posted + 5, version = version + 1 WHERE code LIKE 'program:%';`;

export const PROGRAM_CORRUPTIONS: readonly Corruption[] = [
  { invariant: 'ledger.programs', what: 'points that came out of goodwill', plant: CROSSING },
  {
    invariant: 'ledger.programs',
    what: 'points that became another merchant’s',
    plant: `UPDATE accounts SET merchant_id = gen_random_uuid() WHERE code LIKE 'program:%'`,
    also: ['ledger.references'],
  },
  {
    invariant: 'ledger.programs',
    what: 'an account of the house that a merchant may post to',
    plant: `UPDATE accounts SET kind = 'program' WHERE code = 'gift_card_funding:EUR'`,
  },
];
