import type { EditOrderInput } from '../domains/orders/schema.ts';
import { DomainError } from '../kernel/errors.ts';
import type { Tx } from '../platform/db.ts';
import { audit } from '../platform/outbox.ts';
import type { Request, Verb } from '../platform/verb.ts';
import { lockWorld, orderOf, tell, type World, writeWorld } from './world.ts';

/** Changes what a merchant wrote on an order for itself: metadata and tags. Money, stock and status never depend on either. */
export interface EditedOrder {
  readonly id: string;
  readonly number: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tags: readonly string[];
}

const MAX_METADATA = 50;

async function lock(tx: Tx, requests: readonly Request<EditOrderInput>[]): Promise<World> {
  const orderIds = requests.map((request) => request.input.orderId);
  return lockWorld(tx, { orderIds }, (requests[0] as Request<EditOrderInput>).ctx);
}

function decide(world: World, { input, ctx }: Request<EditOrderInput>): EditedOrder {
  const order = orderOf(world, input.orderId);
  const before = { metadata: order.row.metadata, tags: order.row.tags };
  const metadata = merged(before.metadata, input.metadata ?? {});
  const tags = input.tags ? [...new Set(input.tags)] : before.tags;
  const count = Object.keys(metadata).length;
  if (count > MAX_METADATA) {
    throw new DomainError('over_limit', `An order has at most ${MAX_METADATA} metadata entries; this would make ${count}.`);
  }
  const edited = { id: order.row.id, number: order.row.number, metadata, tags };
  const metadataChanged = Object.keys(input.metadata ?? {}).filter((name) => before.metadata[name] !== metadata[name]);
  const tagsChanged = tags.length !== before.tags.length || tags.some((tag, index) => tag !== before.tags[index]);
  if (metadataChanged.length === 0 && !tagsChanged) return edited;
  order.row.metadata = metadata;
  order.row.tags = tags;
  order.row.updatedAt = ctx.now;
  // Which entries changed, not what they say: events hold no personal data, and metadata may.
  tell(world, order, 'order.changed', { metadata: metadataChanged, tags }, ctx);
  audit(
    world.outbox,
    {
      action: 'order.changed',
      entity: 'order',
      entityId: order.row.id,
      merchantId: order.row.merchantId,
      before,
      after: { metadata, tags },
    },
    ctx,
  );
  return edited;
}

/** The entries that are there with those that are sent, by name; null removes one (as in RFC 7396). */
function merged(
  before: Readonly<Record<string, unknown>>,
  changes: Readonly<Record<string, string | null>>,
): Record<string, string> {
  const after = new Map(Object.entries(before).map(([name, value]) => [name, String(value)]));
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) after.delete(name);
    else after.set(name, value);
  }
  return Object.fromEntries([...after].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const editOrder: Verb<EditOrderInput, World, EditedOrder> = { name: 'edit-order', lock, decide, write: writeWorld };
