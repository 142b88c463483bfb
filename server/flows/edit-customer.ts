import { planCustomerEdit } from '../domains/customers/rules.ts';
import type { EditCustomerInput } from '../domains/customers/schema.ts';
import * as customers from '../domains/customers/service.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';
import { type LastChanges, readLastChanges, refuseStale } from './stale.ts';

/** Changes what is known of a customer. Placed orders keep the name and phone they were placed with. */
export interface EditedCustomer {
  readonly id: string;
  readonly version: number;
  readonly changed: readonly string[];
}

interface EditingCustomers extends Locked {
  readonly customers: customers.CustomersState;
  readonly changes: LastChanges;
  readonly outbox: Outbox;
}

async function lock(tx: Tx, requests: readonly Request<EditCustomerInput>[]): Promise<EditingCustomers> {
  const seen = requests.map(({ input }) => ({ id: input.customerId, version: input.version }));
  const locked = await customers.lock(
    tx,
    seen.map(({ id }) => id),
  );
  const changes = await readLastChanges(tx, 'customer', seen, locked.byId);
  return { applied: 0, customers: locked, changes, outbox: newOutbox() };
}

function decide(world: EditingCustomers, { input, ctx }: Request<EditCustomerInput>): EditedCustomer {
  const { customerId, version, ...fields } = input;
  const customer = world.customers.byId.get(customerId);
  if (!customer) throw new DomainError('not_found', 'There is no such customer.');
  refuseStale('This customer', customer, version, world.changes);
  const change = planCustomerEdit(customer, fields);
  if (!change) return { id: customerId, version: Number(customer.version), changed: [] };
  const next = customers.change(world.customers, customer, change.after);
  world.applied++;
  const changed = Object.keys(change.after);
  // Events hold names of fields and never personal data; the audit log shows what it was and is.
  emit(
    world.outbox,
    {
      aggregate: 'customer',
      aggregateId: customerId,
      aggregateVersion: next.version,
      merchantId: null,
      type: 'customer.changed',
      data: { fields: changed },
    },
    ctx,
  );
  audit(world.outbox, { action: 'customer.changed', entity: 'customer', entityId: customerId, ...change }, ctx);
  return { id: customerId, version: Number(next.version), changed };
}

export const editCustomer: Verb<EditCustomerInput, EditingCustomers, EditedCustomer> = {
  name: 'edit-customer',
  lock,
  decide,
  async write(tx, world) {
    await customers.write(tx, world.customers);
    await writeOutbox(tx, world.outbox);
  },
};
