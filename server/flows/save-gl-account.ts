import * as catalog from '../domains/catalog/service.ts';
import { GL_DEFAULTS, type GlMapping, keyOf, planMapping } from '../domains/gl/rules.ts';
import type { SaveGlAccountInput } from '../domains/gl/schema.ts';
import * as gl from '../domains/gl/service.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../platform/outbox.ts';
import type { Locked, Request, Verb } from '../platform/verb.ts';
import { type LastChanges, readLastChanges, refuseStale } from './stale.ts';

/**
 * Says which account of the accountant's books one of our kinds of account is, for everybody or for one merchant. Exports show it from now
 * on, of the past as well; nothing in the ledger changes.
 */
export interface SavedGlAccount {
  readonly id: string;
  readonly version: number;
  /** False where it was like that already. */
  readonly changed: boolean;
}

interface Mapping extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly gl: gl.GlState;
  readonly changes: LastChanges;
  readonly outbox: Outbox;
  readonly now: Date;
}

async function lock(tx: Tx, requests: readonly Request<SaveGlAccountInput>[]): Promise<Mapping> {
  const { ctx } = requests[0] as Request<SaveGlAccountInput>;
  const merchantIds = requests.flatMap(({ input: { merchantId } }) => merchantId ?? []);
  const { merchants } = await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  const keys = requests.flatMap(({ input: { kind, merchantId } }) =>
    merchantId === null || merchants.has(merchantId) ? [{ kind, merchantId }] : [],
  );
  const state = await gl.lock(tx, keys, ctx.now);
  const seen = requests.flatMap(({ input }) => {
    const mapping = state.byKey.get(keyOf(input.kind, input.merchantId));
    return mapping ? [{ id: mapping.id, version: input.version }] : [];
  });
  const byId = new Map([...state.byKey.values()].map((mapping) => [mapping.id, mapping]));
  const changes = await readLastChanges(tx, 'gl_account', seen, byId);
  return { applied: 0, merchants, gl: state, changes, outbox: newOutbox(), now: ctx.now };
}

function decide(world: Mapping, { input, ctx }: Request<SaveGlAccountInput>): SavedGlAccount {
  const { kind, merchantId, account, version } = input;
  if (merchantId !== null && !world.merchants.has(merchantId)) throw new DomainError('not_found', 'There is no such merchant.');
  const known = world.gl.byKey.get(keyOf(kind, merchantId)) as GlMapping;
  refuseStale(`The account of ${GL_DEFAULTS[kind].name}`, known, version, world.changes);
  const change = planMapping(known, account);
  if (!change) return { id: known.id, version: Number(known.version), changed: false };
  const next: GlMapping = { ...known, account, version: known.version + 1n };
  gl.put(world.gl, next);
  world.applied++;
  const about = { aggregate: 'gl_account', aggregateId: next.id, aggregateVersion: next.version, merchantId } as const;
  emit(world.outbox, { ...about, type: 'gl_account.changed', data: { kind, fields: ['number', 'name'] } }, ctx);
  audit(world.outbox, { action: 'gl_account.changed', entity: 'gl_account', entityId: next.id, merchantId, ...change }, ctx);
  return { id: next.id, version: Number(next.version), changed: true };
}

export const saveGlAccount: Verb<SaveGlAccountInput, Mapping, SavedGlAccount> = {
  name: 'save-gl-account',
  lock,
  decide,
  async write(tx, world) {
    await gl.write(tx, world.gl, world.now);
    await writeOutbox(tx, world.outbox);
  },
};
