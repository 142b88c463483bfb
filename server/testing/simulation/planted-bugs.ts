import type * as ledger from '../../domains/ledger/service.ts';
import type { PaymentProvider } from '../../domains/payments/provider.ts';
import type * as ids from '../../kernel/ids.ts';
import type * as locks from '../../platform/locks.ts';
import type * as sagas from '../../platform/saga.ts';
import { columnsOf } from './columns.ts';
import type { Rewrite, Statement } from './database.ts';
import type { FaultKind } from './faults.ts';
import { simulatedId } from './ids.ts';

/**
 * Bugs that a simulation which is worth anything finds. They are put between the product's modules, or between the product and its
 * database, and only while a seed runs: the product itself knows nothing of them.
 */
export const PLANTED_BUGS = {
  'skipped compare-and-set': 'whoever comes back last with an answer moves the saga, wherever it is by then',
  'double posting': 'the provider’s fee is posted twice, and the books agree with themselves',
  'lost outbox row': 'of several events the last is not written',
  'lost delivery': 'of several events that somebody has to be told of the last is told to nobody',
  'lock out of order': 'workers lock the nodes’ stock before the supply, and nothing refuses it',
  'a new id for each try': 'an attempt that is sent again is sent under another id',
  'forgotten key': 'a request that is sent again is taken for a new one',
} as const;
export type PlantedBug = keyof typeof PLANTED_BUGS;

/** What has to go wrong before a bug shows, where that is rare. */
export const SHOWN_BY: { readonly [bug in PlantedBug]?: readonly FaultKind[] } = {
  'skipped compare-and-set': ['paused_at_call', 'call_slow'],
  'a new id for each try': ['call_lost'],
  'forgotten key': ['request_twice'],
};

let planted: PlantedBug | null = null;
/** Attempts that were sent once. */
let tried = new Set<string>();

/** Plants a bug, or none, until the returned function is called. */
export function plant(bug: PlantedBug | null): () => void {
  planted = bug;
  tried = new Set();
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
        const again = specs.filter((spec) => spec.kind === 'psp_fee').map((spec) => ({ ...spec, id: simulatedId() as string }));
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
  if (planted === 'forgotten key' && statement.name === 'claim-keys') return claimingAgain(statement);
  if (planted === 'lock out of order' && statement.name === 'inventory-lock-supply' && owner?.name.startsWith('worker'))
    return [lockStock(statement), statement];
  return statement;
};

function withoutLast(statement: Statement): Statement {
  const columns = columnsOf(statement);
  return (columns[0]?.length ?? 0) < 2 ? statement : { ...statement, values: columns.map((column) => column.slice(0, -1)) };
}

/** A key that is there already is claimed once more. */
const claimingAgain = ({ text, values }: Statement): Statement => ({
  name: 'planted-claim-keys',
  text: text.replace('DO NOTHING', '(principal, operation, key) DO UPDATE SET request_hash = excluded.request_hash'),
  ...(values ? { values } : {}),
});

const lockStock = (supply: Statement): Statement => ({
  name: 'planted-lock-stock',
  text: 'SELECT sku_id FROM node_stock WHERE sku_id = ANY($1::uuid[]) ORDER BY sku_id, node_id FOR NO KEY UPDATE',
  values: [supply.values?.[1]],
});

/** The provider as a process calls it. */
export function withProviderBugs(provider: PaymentProvider): PaymentProvider {
  if (planted !== 'a new id for each try') return provider;
  const renamed = <T extends { readonly operationId: string }>(input: T): T => {
    if (tried.has(input.operationId)) return { ...input, operationId: simulatedId() as string };
    tried.add(input.operationId);
    return input;
  };
  return {
    ...provider,
    authorize: (input, signal) => provider.authorize(renamed(input), signal),
    capture: (input, signal) => provider.capture(renamed(input), signal),
    refund: (input, signal) => provider.refund(renamed(input), signal),
  };
}
