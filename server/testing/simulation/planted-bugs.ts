import type * as ledger from '../../domains/ledger/service.ts';
import type { PaymentProvider } from '../../domains/payments/provider.ts';
import type * as ids from '../../kernel/ids.ts';
import type * as locks from '../../platform/locks.ts';
import type * as sagas from '../../platform/saga.ts';
import type { Rewrite, Statement } from './database.ts';
import { simulatedId } from './ids.ts';

/**
 * Bugs that a simulation which is worth anything finds. They are put between the product's modules, or between the product and its
 * database, and only while a seed runs: the product itself knows nothing of them.
 */
export const PLANTED_BUGS = {
  'skipped compare-and-set': 'whoever comes back last with an answer moves the saga, wherever it is by then',
  'double posting': 'a sale is posted twice',
  'lost outbox row': 'the last event of a batch is not written',
  'lost delivery': 'an event is written, and nobody is told of it',
  'lock out of order': 'workers lock the nodes’ stock before the supply, and nothing refuses it',
  'a new id for each try': 'an attempt that is sent again is sent under another id',
  'forgotten key': 'a request that is sent again is taken for a new one',
} as const;
export type PlantedBug = keyof typeof PLANTED_BUGS;

let planted: PlantedBug | null = null;

/** Plants a bug, or none, until the returned function is called. */
export function plant(bug: PlantedBug | null): () => void {
  planted = bug;
  return () => {
    planted = null;
  };
}

/** Ids of `kernel/ids.ts` that follow from the seed. */
export function withSimulatedIds(real: typeof ids): typeof ids {
  return { ...real, newId: () => simulatedId() ?? real.newId() };
}

export function withSagaBugs(real: typeof sagas): typeof sagas {
  return {
    ...real,
    advance(definition, world, saga, ctx, settled, light) {
      const now =
        settled && planted === 'skipped compare-and-set'
          ? { ...settled, ticket: { ...settled.ticket, version: saga.version, step: saga.step } }
          : settled;
      return real.advance(definition, world, saga, ctx, now, light);
    },
  };
}

export function withLockBugs(real: typeof locks): typeof locks {
  return {
    ...real,
    lockStep(tx, step) {
      if (planted !== 'lock out of order') real.lockStep(tx, step);
    },
  };
}

/** Books that agree with themselves, twice. */
export function withLedgerBugs(real: typeof ledger): typeof ledger {
  return {
    ...real,
    post(state, specs, ctx) {
      const applied = real.post(state, specs, ctx);
      if (planted === 'double posting') {
        const again = specs.filter((spec) => spec.kind === 'sale').map((spec) => ({ ...spec, id: simulatedId() as string }));
        if (again.length > 0) real.post(state, again, ctx);
      }
      return applied;
    },
  };
}

/** What happens to statements on their way. */
export const rewrite: Rewrite = (statement, owner) => {
  if (planted === 'lost outbox row' && statement.name?.startsWith('ins:events:')) return withoutLast(statement);
  if (planted === 'lost delivery' && statement.name?.startsWith('ins:event_deliveries:')) return withoutLast(statement);
  if (planted === 'forgotten key' && statement.name === 'claim-keys') return withNewKeys(statement);
  if (planted === 'lock out of order' && statement.name === 'inventory-lock-supply' && owner?.name.startsWith('worker'))
    return [LOCK_STOCK(statement), statement];
  return statement;
};

/** A batch of rows travels as one array per column. */
function withoutLast(statement: Statement): Statement {
  return { ...statement, values: (statement.values as readonly unknown[][]).map((column) => column.slice(0, -1)) };
}

function withNewKeys(statement: Statement): Statement {
  const [principals, operation, keys, hashes] = statement.values as readonly [unknown, string, string[], unknown];
  return { ...statement, values: [principals, operation, keys.map(() => simulatedId()), hashes] };
}

const LOCK_STOCK = (supply: Statement): Statement => ({
  name: 'planted-lock-stock',
  text: 'SELECT sku_id FROM node_stock WHERE sku_id = ANY($1::uuid[]) ORDER BY sku_id, node_id FOR NO KEY UPDATE',
  values: [supply.values?.[1]],
});

/** The provider as a process calls it. */
export function withProviderBugs(provider: PaymentProvider): PaymentProvider {
  if (planted !== 'a new id for each try') return provider;
  return {
    ...provider,
    capture: (input, signal) => provider.capture({ ...input, operationId: simulatedId() as string }, signal),
    refund: (input, signal) => provider.refund({ ...input, operationId: simulatedId() as string }, signal),
  };
}
