import * as catalog from '../../domains/catalog/service.ts';
import * as fulfilment from '../../domains/fulfilment/service.ts';
import { checkRules, DEFAULT_RULES, planEdit, type RuleSet } from '../../domains/routing/rules.ts';
import type { EndRulesDraftInput, SaveRulesDraftInput } from '../../domains/routing/schema.ts';
import * as routing from '../../domains/routing/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { DomainError } from '../../kernel/errors.ts';
import type { EventType } from '../../kernel/events.ts';
import { newId } from '../../kernel/ids.ts';
import type { Tx } from '../../platform/db.ts';
import { audit, emit, newOutbox, type Outbox, writeOutbox } from '../../platform/outbox.ts';
import type { Locked, Request, Verb } from '../../platform/verb.ts';
import { stamp } from './save-node-settings.ts';

/**
 * The rules by which a merchant's orders find their nodes. People write a draft; promoted, it is in force at once and the rules before it
 * are retired. Every version is kept: decisions name the number of theirs.
 */
export interface SavedRules {
  readonly id: string;
  readonly number: number;
  readonly version: number;
  readonly status: RuleSet['status'];
}

export interface Editing extends Locked {
  readonly merchants: catalog.EditingState['merchants'];
  readonly routing: routing.EditState;
  readonly nodes: Map<string, fulfilment.LockedNode>;
  readonly promoted: Set<string>;
  readonly outbox: Outbox;
  readonly now: Date;
}

export async function lockRulesOf(tx: Tx, requests: readonly Request<{ readonly merchantId: string }>[]): Promise<Editing> {
  const merchantIds = requests.map(({ input }) => input.merchantId);
  const { merchants } = await catalog.lockForEditing(tx, { merchantIds, skuIds: [], codes: [] });
  const state = await routing.lockForEditing(tx, { rulesOf: merchantIds });
  const nodes = await fulfilment.lockNodesOf(tx, merchantIds);
  const { ctx } = requests[0] as Request<unknown>;
  return { applied: 0, merchants, routing: state, nodes, promoted: new Set(), outbox: newOutbox(), now: ctx.now };
}

export async function writeRulesOf(tx: Tx, world: Editing): Promise<void> {
  await routing.writeEdits(tx, world.routing, world.now);
  await stamp(tx, world.nodes, world.promoted);
  await writeOutbox(tx, world.outbox);
}

const codesOf = (world: Editing, merchantId: string): Set<string> =>
  new Set([...world.nodes.values()].flatMap((node) => (node.merchantId === merchantId ? [node.code] : [])));

function put(
  world: Editing,
  was: RuleSet | undefined,
  next: RuleSet,
  told: { readonly type: EventType; readonly change: { before?: object; after: object }; readonly reason?: string },
  ctx: Ctx,
): SavedRules {
  routing.putRules(world.routing, was, next);
  world.applied++;
  const { id, merchantId, number, version, status } = next;
  const about = { aggregate: 'routing_rules', aggregateId: id, aggregateVersion: version, merchantId } as const;
  emit(world.outbox, { ...about, type: told.type, data: { number } }, ctx);
  audit(
    world.outbox,
    {
      action: told.type,
      entity: 'routing_rules',
      entityId: id,
      merchantId,
      after: { number, ...told.change.after },
      ...(told.change.before ? { before: { ...told.change.before } } : {}),
      ...(told.reason ? { reason: told.reason } : {}),
    },
    ctx,
  );
  return { id, number, version: Number(version), status };
}

function refuseOther(draft: RuleSet | undefined, seen: bigint): void {
  const version = draft?.version ?? 0n;
  if (version === seen) return;
  throw new DomainError('conflict', 'The draft changed since you opened it. Look at it again and repeat your change.', {
    version: Number(version),
  });
}

function draft(world: Editing, { input, ctx }: Request<SaveRulesDraftInput>): SavedRules {
  const { merchantId, content, note = null } = input;
  if (!world.merchants.has(merchantId)) throw new DomainError('not_found', 'There is no such merchant.');
  const known = world.routing.drafts.get(merchantId);
  refuseOther(known, input.version);
  checkRules(content, codesOf(world, merchantId));
  const was = known ?? world.routing.active.get(merchantId);
  const change = planEdit({ ...(was?.content ?? DEFAULT_RULES), note: known?.note ?? null }, { ...content, note });
  if (known && !change) return { id: known.id, number: known.number, version: Number(known.version), status: 'draft' };
  const next: RuleSet = known
    ? { ...known, content, note, version: known.version + 1n }
    : {
        id: newId(),
        merchantId,
        number: (world.routing.lastNumber.get(merchantId) ?? 0) + 1,
        status: 'draft',
        content,
        note,
        version: 1n,
        createdBy: ctx.actor,
        createdAt: ctx.now,
        activatedAt: null,
        activatedBy: null,
        retiredAt: null,
      };
  return put(world, known, next, { type: 'routing_rules.drafted', change: change ?? { after: {} } }, ctx);
}

/** The draft as the caller has seen it. */
export function draftOf(world: Editing, input: Pick<EndRulesDraftInput, 'merchantId' | 'version'>): RuleSet {
  const known = world.routing.drafts.get(input.merchantId);
  if (!known) throw new DomainError('not_found', 'There is no draft of routing rules.');
  refuseOther(known, input.version);
  return known;
}

function promote(world: Editing, { input, ctx }: Request<EndRulesDraftInput>): SavedRules {
  const { merchantId, reason } = input;
  const known = draftOf(world, input);
  // A node may have gone since the draft was written.
  checkRules(known.content, codesOf(world, merchantId));
  const before = world.routing.active.get(merchantId);
  if (before)
    routing.putRules(world.routing, before, { ...before, status: 'retired', retiredAt: ctx.now, version: before.version + 1n });
  const next: RuleSet = {
    ...known,
    status: 'active',
    activatedAt: ctx.now,
    activatedBy: ctx.actor,
    version: known.version + 1n,
  };
  world.promoted.add(merchantId);
  const change = { before: { number: before?.number ?? null }, after: { status: 'active' } };
  return put(world, known, next, { type: 'routing_rules.promoted', change, reason }, ctx);
}

function discard(world: Editing, { input, ctx }: Request<EndRulesDraftInput>): SavedRules {
  const known = draftOf(world, input);
  const next: RuleSet = { ...known, status: 'retired', retiredAt: ctx.now, version: known.version + 1n };
  const change = { after: { status: 'retired' } };
  return put(world, known, next, { type: 'routing_rules.discarded', change, reason: input.reason }, ctx);
}

export const saveRulesDraft: Verb<SaveRulesDraftInput, Editing, SavedRules> = {
  name: 'save-routing-rules',
  lock: lockRulesOf,
  decide: draft,
  write: writeRulesOf,
};
export const promoteRules: Verb<EndRulesDraftInput, Editing, SavedRules> = {
  name: 'promote-routing-rules',
  lock: lockRulesOf,
  decide: promote,
  write: writeRulesOf,
};
export const discardRules: Verb<EndRulesDraftInput, Editing, SavedRules> = {
  name: 'discard-routing-rules',
  lock: lockRulesOf,
  decide: discard,
  write: writeRulesOf,
};
