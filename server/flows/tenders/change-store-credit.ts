import { availableMinor, planTransfers } from '../../domains/ledger/rules.ts';
import { chart } from '../../domains/ledger/schema.ts';
import * as ledger from '../../domains/ledger/service.ts';
import { type StoreCredit, statusAfter } from '../../domains/store-credit/rules.ts';
import type { ChangeStoreCreditInput } from '../../domains/store-credit/schema.ts';
import * as storeCredit from '../../domains/store-credit/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit } from '../../platform/outbox.ts';
import type { Request, Verb } from '../../platform/verb.ts';
import { lockWorld, type World, writeWorld } from '../world.ts';
import { creditAccount, needsOf } from './issue-store-credit.ts';

/** Takes some of a customer's credit back, or keeps it from being spent. What orders hold of it stays theirs. */
export interface ChangedStoreCredit {
  readonly id: string;
  readonly status: string;
  readonly balanceMinor: number;
  readonly version: number;
}

async function lock(tx: Tx, requests: readonly Request<ChangeStoreCreditInput>[]): Promise<World> {
  // What names its accounts never changes; the rest is read again once they are locked.
  const known = await storeCredit.read(
    tx,
    requests.map(({ input }) => input.storeCreditId),
  );
  return lockWorld(tx, { orderIds: [], ...needsOf([...known.values()]) }, (requests[0] as Request<ChangeStoreCreditInput>).ctx);
}

const SAID = { deduct: 'deducted', freeze: 'frozen', unfreeze: 'unfrozen' } as const;

function decide(world: World, { input, ctx }: Request<ChangeStoreCreditInput>): ChangedStoreCredit {
  const credit = storeCredit.creditOf(world.storeCredit, input.storeCreditId);
  const { merchantId, customerId, currency, status: before } = credit;
  const account = world.ledger.accounts.get(creditAccount(credit).code);
  if (!account) throw new Error(`The account of store credit ${credit.id} is not locked`);
  const status = input.action === 'deduct' ? before : statusAfter(credit, input.action);
  const deducted = input.action === 'deduct' ? planDeduction(world, credit, availableMinor(account), input) : null;
  world.applied++;
  if (deducted) ledger.post(world.ledger, [deducted], ctx);
  storeCredit.change(world.storeCredit, credit, { status }, ctx);
  const amountMinor = deducted?.amountMinor;
  const about = { aggregate: 'store_credit', aggregateId: credit.id, aggregateVersion: credit.version, merchantId } as const;
  const data = { customerId, currency, ...(amountMinor ? { amountMinor } : {}) };
  emit(world.outbox, { ...about, type: `store_credit.${SAID[input.action]}`, data }, ctx);
  audit(
    world.outbox,
    {
      action: `store_credit.${SAID[input.action]}`,
      entity: 'store_credit',
      entityId: credit.id,
      merchantId,
      before: { status: before },
      after: { status, ...data },
      reason: input.reason,
    },
    ctx,
  );
  const balance = account.creditsPosted - account.debitsPosted;
  return { id: credit.id, status, balanceMinor: Number(balance), version: Number(credit.version) };
}

function planDeduction(
  world: World,
  credit: StoreCredit,
  left: bigint,
  { amountMinor, reason }: { amountMinor: bigint; reason: string },
) {
  const { merchantId, currency } = credit;
  if (amountMinor <= 0n) throw new DomainError('amount_out_of_range', 'Take an amount above 0.', { field: 'amount_minor' });
  if (amountMinor > left)
    throw new DomainError(
      'insufficient_funds',
      `Only ${toMajor({ amountMinor: left, currency })} ${currency} of this credit is free.`,
      {
        availableMinor: Number(left),
      },
    );
  const spec = {
    id: newId(),
    kind: 'store_credit_deduction',
    phase: 'single',
    debit: creditAccount(credit).code,
    credit: chart.goodwill(merchantId, currency).code,
    amountMinor,
    currency,
    orderId: null,
    paymentId: null,
    reference: reason.slice(0, 100),
  } as const;
  planTransfers(world.ledger, [spec]);
  return spec;
}

export const changeStoreCredit: Verb<ChangeStoreCreditInput, World, ChangedStoreCredit> = {
  name: 'change-store-credit',
  lock,
  decide,
  write: writeWorld,
};
