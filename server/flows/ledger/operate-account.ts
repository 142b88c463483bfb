import { type AccountOperation, applyOperation, refuseOperation } from '../../domains/ledger/rules.ts';
import { type OperateAccountInput, programMerchant } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Freezes an account, lets it go, closes it for good, or changes its credit limit. Money that is held on a frozen account may still be
 * posted or released: it was promised before. A limit may not be lowered below what is used of it.
 */
export interface OperatedAccount {
  readonly id: string;
  readonly frozen: boolean;
  readonly closed: boolean;
  readonly creditLimitMinor: number;
}

interface Operating extends Locked {
  readonly ledger: ledger.LedgerState;
  readonly operated: Set<string>;
  readonly outbox: Outbox;
}

const TOLD_AS: Readonly<Record<AccountOperation['action'], EventType>> = {
  freeze: 'account.frozen',
  unfreeze: 'account.unfrozen',
  close: 'account.closed',
  set_limit: 'account.limit_changed',
};

async function lock(tx: Tx, requests: readonly Request<OperateAccountInput>[]): Promise<Operating> {
  const accounts = [...new Set(requests.map(({ input }) => input.accountId))];
  const { now } = (requests[0] as Request<OperateAccountInput>).ctx;
  const state = await ledger.lockExisting(tx, { accounts, holds: [], now });
  return { applied: 0, ledger: state, operated: new Set(), outbox: newOutbox() };
}

function decide(world: Operating, { input, ctx }: Request<OperateAccountInput>): OperatedAccount {
  const account = world.ledger.byId.get(input.accountId);
  if (!account) throw new DomainError('not_found', 'There is no such account.');
  const refusal = refuseOperation(account, input.operation);
  if (refusal) throw refusal;
  const facts = (): { frozen: boolean; closed: boolean; creditLimitMinor: number } => ({
    frozen: account.frozen,
    closed: account.closed,
    creditLimitMinor: Number(account.creditLimitMinor),
  });
  const before = facts();
  applyOperation(account, input.operation);
  world.applied++;
  world.operated.add(account.id);
  const type = TOLD_AS[input.operation.action];
  // An account's versions number its transfers; this is no transfer, so it is told at the version the account is at.
  const merchantId = programMerchant(account.code);
  const subject = { aggregate: 'account', aggregateId: account.id, aggregateVersion: account.version, merchantId } as const;
  emit(world.outbox, { ...subject, type, data: {} }, ctx);
  const after = facts();
  const about = { entity: 'account', entityId: account.id, merchantId } as const;
  audit(world.outbox, { ...about, action: type, before, after, reason: input.reason }, ctx);
  return { id: account.id, ...after };
}

export const operateAccount: Verb<OperateAccountInput, Operating, OperatedAccount> = {
  name: 'operate-account',
  lock,
  decide,
  async write(tx, world) {
    await ledger.writeOperated(
      tx,
      [...world.ledger.byId.values()].filter(({ id }) => world.operated.has(id)),
    );
    await writeOutbox(tx, world.outbox);
  },
  identity: ({ accountId, operation, reason }) => ({
    accountId,
    reason,
    action: operation.action,
    limit: operation.action === 'set_limit' ? String(operation.creditLimitMinor) : null,
  }),
};
