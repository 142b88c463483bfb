import { newId } from '../../kernel/ids.ts';
import type { REST_PERMISSIONS } from '../public/permissions.ts';
import type { Deed, GridWorld, Row, Tenant } from './grid-world.ts';

/** Situations of a merchant's own programs. */
async function program(w: GridWorld, tenant: Tenant): Promise<{ id: string; ownCode: string }> {
  const ownCode = `p-${newId()}`;
  const wish = {
    merchantId: w.rest[tenant].id,
    ownCode,
    name: 'Points',
    currency: 'EUR',
    normalSide: 'credit',
    limited: true,
  } as const;
  const { id } = await w.rest.api.app.flows.ledger.openAccount({ ...wish, creditLimitMinor: 0n }, w.ctx());
  return { id, ownCode };
}

const reasons = { input: { reason: 'Under review' }, other: { reason: 'Asked for' } };
const operated =
  (action: string): Row =>
  async (w, tenant): Promise<Deed> => ({
    caller: { key: w.rest[tenant].key },
    path: `/ledger/accounts/${(await program(w, tenant)).id}/${action}`,
    ...reasons,
  });

export const PROGRAM_ROWS: Partial<Readonly<Record<keyof typeof REST_PERMISSIONS, Row>>> = {
  'v1.ledger.open': async (w, tenant) => {
    // The first of a merchant comes with the account that it is funded from.
    await program(w, tenant);
    const wish = { own_code: newId().slice(-12), currency: 'EUR' };
    return {
      caller: { key: w.rest[tenant].key },
      path: '/ledger/accounts',
      input: { ...wish, name: 'Points' },
      other: { ...wish, name: 'Stars' },
    };
  },
  'v1.ledger.postJournals': async (w, tenant) => {
    const { ownCode } = await program(w, tenant);
    const [held, plain] = [newId(), newId()];
    const move = { debit_account: 'funding', credit_account: ownCode, currency: 'EUR' };
    const journals = (amount_minor: number) => [
      { transfers: [{ ...move, type: 'plain', id: plain, amount_minor }] },
      { transfers: [{ ...move, type: 'pending', id: held, amount_minor }] },
      { transfers: [{ type: 'post_pending', id: newId(), pending_id: held, amount_minor: 10 }] },
      { transfers: [{ ...move, type: 'plain', id: newId(), amount_minor, debit_account: ownCode, credit_account: 'nobody' }] },
    ];
    return {
      caller: { key: w.rest[tenant].key },
      path: '/ledger/journals',
      input: { journals: journals(100) },
      other: { journals: journals(200) },
    };
  },
  'v1.ledger.update': async (w, tenant) => ({
    caller: { key: w.rest[tenant].key },
    path: `/ledger/accounts/${(await program(w, tenant)).id}`,
    input: { credit_limit_minor: 100, reason: 'A season' },
    other: { credit_limit_minor: 200, reason: 'A season' },
  }),
  'v1.ledger.freeze': operated('freeze'),
  'v1.ledger.unfreeze': async (w, tenant) => {
    const { id } = await program(w, tenant);
    const key = { caller: { key: w.rest[tenant].key } };
    const freeze = { ...key, path: `/ledger/accounts/${id}/freeze`, ...reasons };
    await w.send(w.doors.main, 'v1.ledger.freeze', freeze, newId());
    return { ...key, path: `/ledger/accounts/${id}/unfreeze`, ...reasons };
  },
  'v1.ledger.close': operated('close'),
};
