import type { NoteCustomerInput } from '../domains/customers/schema.ts';
import * as customers from '../domains/customers/service.ts';
import { DomainError } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';

/**
 * Writes a note about a customer. It changes nothing of the customer, whose version stays as it is: who edits them at the same moment
 * is not held up. A merchant's note is that merchant's own.
 */
export interface NotedCustomer {
  readonly id: string;
  readonly noteId: string;
}

interface NotingCustomers extends Locked {
  readonly customers: customers.CustomersState;
  readonly outbox: Outbox;
}

async function lock(tx: Tx, requests: readonly Request<NoteCustomerInput>[]): Promise<NotingCustomers> {
  const locked = await customers.lock(
    tx,
    requests.map(({ input }) => input.customerId),
  );
  return { applied: 0, customers: locked, outbox: newOutbox() };
}

function decide(world: NotingCustomers, { input, ctx }: Request<NoteCustomerInput>): NotedCustomer {
  const { customerId, merchantId, body } = input;
  const customer = world.customers.byId.get(customerId);
  if (!customer) throw new DomainError('not_found', 'There is no such customer.');
  const noteId = newId();
  customers.addNote(world.customers, { id: noteId, customerId, merchantId, body, actor: ctx.actor, at: ctx.now });
  world.applied++;
  emit(
    world.outbox,
    {
      aggregate: 'customer',
      aggregateId: customerId,
      aggregateVersion: customer.version,
      merchantId,
      type: 'customer.noted',
      data: { noteId },
    },
    ctx,
  );
  audit(world.outbox, { action: 'customer.noted', entity: 'customer', entityId: customerId, merchantId, after: { noteId } }, ctx);
  return { id: customerId, noteId };
}

export const noteCustomer: Verb<NoteCustomerInput, NotingCustomers, NotedCustomer> = {
  name: 'note-customer',
  lock,
  decide,
  async write(tx, world) {
    await customers.write(tx, world.customers);
    await writeOutbox(tx, world.outbox);
  },
};
