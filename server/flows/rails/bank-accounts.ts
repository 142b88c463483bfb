import type { AddBankAccountInput, RemoveBankAccountInput } from '../../domains/rails/schema.ts';
import * as rails from '../../domains/rails/service.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Verb } from '../../platform/verb.ts';

/** Where money may be sent, kept as the bank's token and what people recognise it by. */
export interface KeptAccount {
  readonly id: string;
  readonly country: string;
  readonly last4: string;
}

interface Keeping extends Locked {
  readonly rails: rails.RailsState;
  readonly outbox: Outbox;
}

async function lockAccounts(tx: Tx, ids: readonly string[]): Promise<Keeping> {
  return { applied: 0, rails: await rails.lock(tx, { accounts: ids }), outbox: newOutbox() };
}

async function write(tx: Tx, world: Keeping): Promise<void> {
  await rails.write(tx, world.rails);
  await writeOutbox(tx, world.outbox);
}

export const addBankAccount: Verb<AddBankAccountInput, Keeping, KeptAccount> = {
  name: 'add-bank-account',
  lock: (tx) => lockAccounts(tx, []),
  decide(world, { input: { owner, holder, token, country, last4 }, ctx }) {
    const id = newId();
    const whose = 'customerId' in owner ? { ...owner, merchantId: null } : { customerId: null, ...owner };
    const kept = { id, ...whose, holder, token, country, last4, addedBy: ctx.actor, addedAt: ctx.now, removedAt: null };
    rails.add(world.rails.accounts, id, kept);
    world.applied++;
    const { merchantId } = whose;
    const entry = {
      action: 'bank_account.added',
      entity: 'bank_account',
      entityId: id,
      merchantId,
      after: { ...owner, country, last4 },
    };
    audit(world.outbox, entry, ctx);
    return { id, country, last4 };
  },
  write,
};

export const removeBankAccount: Verb<RemoveBankAccountInput, Keeping, KeptAccount> = {
  name: 'remove-bank-account',
  lock: (tx, requests) =>
    lockAccounts(
      tx,
      requests.map(({ input }) => input.bankAccountId),
    ),
  decide(world, { input: { bankAccountId }, ctx }) {
    const { id, country, last4, merchantId, removedAt } = rails.found(world.rails.accounts, bankAccountId, 'bank account');
    if (removedAt) return { id, country, last4 };
    rails.removeAccount(world.rails.accounts, id, ctx);
    world.applied++;
    const entry = { action: 'bank_account.removed', entity: 'bank_account', entityId: id, merchantId, after: { removed: true } };
    audit(world.outbox, entry, ctx);
    return { id, country, last4 };
  },
  write,
};
