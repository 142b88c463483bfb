import * as approvals from '../../domains/approvals/service.ts';
import { differenceMinor, type Item, refusesResolution } from '../../domains/reconciliation/rules.ts';
import type { ResolveDifferenceInput } from '../../domains/reconciliation/schema.ts';
import * as reconciliation from '../../domains/reconciliation/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import { toMajor } from '../../kernel/money.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * A person says why a difference is right as it is, or asks to have it written off to suspense, which a second person has to agree to.
 * Nothing is ever resolved by itself.
 */
export interface ResolvedDifference {
  readonly itemId: string;
  readonly status: string;
  readonly version: number;
  readonly approvalId: string | null;
}

interface Resolving extends Locked {
  readonly approvals: approvals.ApprovalsState;
  readonly reconciliation: reconciliation.ReconciliationState;
  readonly outbox: Outbox;
}

async function lock(tx: Tx, requests: readonly Request<ResolveDifferenceInput>[]): Promise<Resolving> {
  const policies = await approvals.lock(tx, []);
  const items = await reconciliation.lock(
    tx,
    requests.map(({ input }) => input.itemId),
  );
  return { applied: 0, approvals: policies, reconciliation: items, outbox: newOutbox() };
}

function decide(world: Resolving, { input, ctx }: Request<ResolveDifferenceInput>): ResolvedDifference {
  const item = reconciliation.itemOf(world.reconciliation, input.itemId);
  if (input.version !== undefined && BigInt(input.version) !== item.version)
    throw new DomainError('conflict', 'This difference changed since you looked at it. Look again.', {
      version: Number(item.version),
    });
  const refused = refusesResolution(item);
  if (refused) throw refused;
  return input.resolution === 'explain' ? explain(world, item, input.note, ctx) : askForWriteOff(world, item, input.note, ctx);
}

function explain(world: Resolving, item: Item, note: string, ctx: Ctx): ResolvedDifference {
  const after = { status: 'explained', note, resolvedBy: ctx.actor, resolvedAt: ctx.now } as const;
  const next = reconciliation.change(world.reconciliation, item.id, after);
  world.applied++;
  tellResolved(world.outbox, item, next, note, ctx);
  return answer(next);
}

function askForWriteOff(world: Resolving, item: Item, note: string, ctx: Ctx): ResolvedDifference {
  const difference = differenceMinor(item);
  if (difference === 0n) throw new DomainError('state_refuses', 'There is no difference to write off. Explain it instead.');
  const amountMinor = difference < 0n ? -difference : difference;
  const { currency } = item;
  const side = difference > 0n ? 'more there' : 'less there';
  const approval = approvals.request(
    world.approvals,
    {
      merchantId: null,
      action: 'write-off-difference',
      subject: 'reconciliation',
      subjectId: item.id,
      amountMinor,
      currency,
      payload: { itemId: item.id, differenceMinor: Number(difference), note },
      summary: `${toMajor({ amountMinor, currency })} ${currency} ${side}: ${item.reference ?? item.externalId ?? item.key}`,
    },
    ctx,
  );
  const next = reconciliation.change(world.reconciliation, item.id, {
    status: 'awaiting_approval',
    note,
    approvalId: approval.id,
  });
  world.applied++;
  emit(
    world.outbox,
    {
      aggregate: 'approval',
      aggregateId: approval.id,
      aggregateVersion: 1n,
      merchantId: null,
      type: 'approval.requested',
      data: { action: approval.action, itemId: item.id, amountMinor, currency },
    },
    ctx,
  );
  tellResolved(world.outbox, item, next, note, ctx);
  return answer(next);
}

const answer = (item: Item): ResolvedDifference => ({
  itemId: item.id,
  status: item.status,
  version: Number(item.version),
  approvalId: item.approvalId,
});

/** Tells what became of a difference, and by whom. */
export function tellResolved(outbox: Outbox, before: Item, after: Item, reason: string | null, ctx: Ctx): void {
  const about = {
    aggregate: 'reconciliation',
    aggregateId: after.id,
    aggregateVersion: after.version,
    merchantId: null,
  } as const;
  emit(outbox, { ...about, type: 'reconciliation.resolved', data: { status: after.status } }, ctx);
  audit(
    outbox,
    {
      action: `reconciliation.${after.status}`,
      entity: 'reconciliation',
      entityId: after.id,
      before: { status: before.status },
      after: {
        status: after.status,
        differenceMinor: Number(differenceMinor(after)),
        currency: after.currency,
        ...(after.writeOffId ? { transferId: after.writeOffId } : {}),
      },
      reason,
    },
    ctx,
  );
}

export const resolveDifference: Verb<ResolveDifferenceInput, Resolving, ResolvedDifference> = {
  name: 'resolve-difference',
  lock,
  decide,
  async write(tx, world) {
    await approvals.write(tx, world.approvals);
    await reconciliation.write(tx, world.reconciliation);
    await writeOutbox(tx, world.outbox);
  },
};
