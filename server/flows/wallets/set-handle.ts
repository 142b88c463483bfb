import * as customers from '../../domains/customers/service.ts';
import { planHandle } from '../../domains/wallet/rules.ts';
import type { SetHandleInput } from '../../domains/wallet/schema.ts';
import * as wallet from '../../domains/wallet/service.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/**
 * Gives a customer the handle that others pay them by. The one they had stays theirs, unused: what is meant for them never reaches
 * somebody who took their old name.
 */
export interface SetHandle {
  readonly handle: string;
  readonly changed: boolean;
}

interface Naming extends Locked {
  readonly customers: customers.CustomersState;
  readonly handles: wallet.HandlesState;
  readonly outbox: Outbox;
  readonly now: Date;
}

async function lock(tx: Tx, requests: readonly Request<SetHandleInput>[]): Promise<Naming> {
  const wanted = requests.map(({ input }) => input);
  const locked = await customers.lock(
    tx,
    wanted.map((one) => one.customerId),
  );
  const handles = await wallet.lockHandlesOf(tx, wanted);
  const [first] = requests as [Request<SetHandleInput>];
  return { applied: 0, customers: locked, handles, outbox: newOutbox(), now: first.ctx.now };
}

function decide(world: Naming, { input, ctx }: Request<SetHandleInput>): SetHandle {
  const { customerId, handle } = input;
  const customer = world.customers.byId.get(customerId);
  if (!customer) throw new DomainError('not_found', 'There is no such customer.');
  const held = wallet.handlesOf(world.handles, customerId);
  const planned = planHandle(handle, customerId, world.handles.byHandle.get(handle), held);
  if (planned === null) return { handle, changed: false };
  const before = held.find((one) => one.current)?.handle ?? null;
  wallet.setHandle(world.handles, handle, customerId);
  world.applied++;
  const { version } = customer;
  emit(
    world.outbox,
    {
      aggregate: 'customer',
      aggregateId: customerId,
      aggregateVersion: version,
      merchantId: null,
      type: 'customer.handle_set',
      data: {},
    },
    ctx,
  );
  audit(
    world.outbox,
    { action: 'customer.handle_set', entity: 'customer', entityId: customerId, before: { handle: before }, after: { handle } },
    ctx,
  );
  return { handle, changed: true };
}

export const setHandle: Verb<SetHandleInput, Naming, SetHandle> = {
  name: 'set-handle',
  lock,
  decide,
  async write(tx, world) {
    await wallet.writeHandlesOf(tx, world.handles, world.now);
    await writeOutbox(tx, world.outbox);
  },
};
