import type { StartReconciliationInput } from '../../domains/reconciliation/schema.ts';
import * as reconciliation from '../../domains/reconciliation/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, job, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';

/** Has a provider's report of a period read and compared. A period that is being read is not read twice at once. */
export interface StartedReconciliation {
  readonly runId: string;
  readonly status: string;
}

interface Starting extends Locked {
  readonly reconciliation: reconciliation.ReconciliationState;
  readonly outbox: Outbox;
}

const DAY_MS = 86_400_000;

async function lock(tx: Tx, requests: readonly Request<StartReconciliationInput>[]): Promise<Starting> {
  const state = await reconciliation.lockRuns(
    tx,
    requests.map(({ input }) => input.provider),
  );
  return { applied: 0, reconciliation: state, outbox: newOutbox() };
}

function decide(world: Starting, { input, ctx }: Request<StartReconciliationInput>): StartedReconciliation {
  const { provider } = input;
  const from = new Date(`${input.from}T00:00:00Z`);
  const to = new Date(Date.parse(`${input.to}T00:00:00Z`) + DAY_MS);
  if (from > ctx.now) throw new DomainError('invalid_request', 'This period has not begun: there is nothing to read yet.');
  const { run, begun } = reconciliation.begin(world.reconciliation, provider, { from, to }, ctx);
  if (begun) tellBegun(world, run.id, { provider, from: input.from, to: input.to }, ctx);
  return { runId: run.id, status: run.status };
}

function tellBegun(world: Starting, runId: string, after: Record<string, unknown>, ctx: Ctx): void {
  world.applied++;
  job(world.outbox, { task: 'read-report', payload: { runId }, jobKey: `report:${runId}` });
  audit(world.outbox, { action: 'reconciliation.started', entity: 'reconciliation', entityId: runId, after }, ctx);
}

export const startReconciliation: Verb<StartReconciliationInput, Starting, StartedReconciliation> = {
  name: 'start-reconciliation',
  lock,
  decide,
  async write(tx, world) {
    await reconciliation.write(tx, world.reconciliation);
    await writeOutbox(tx, world.outbox);
  },
};
