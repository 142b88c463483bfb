import type { Span, UnitRange } from '../../kernel/units.ts';

export const PICK_STATUSES = ['picking', 'packed', 'released'] as const;
export type PickStatus = (typeof PICK_STATUSES)[number];

/** One order's part of a pick list. */
export interface PickTask {
  readonly pickListId: string;
  readonly pickListNumber: string;
  readonly orderId: string;
  readonly nodeId: string;
  readonly position: number;
  readonly units: readonly UnitRange[];
  status: PickStatus;
  changedBy: string;
  changedAt: Date;
}

export type PickVerdict =
  | { readonly allowed: true; readonly units: readonly UnitRange[] }
  | { readonly allowed: false; readonly why: string };

const no = (why: string): PickVerdict => ({ allowed: false, why });

/** Whether the units lie at the node and are in no shipment: what can be fetched, or has been and waits to leave. */
function waitsAt(span: Span, nodeId: string): boolean {
  return span.state === 'allocated' && span.nodeId === nodeId && span.shipmentId === null;
}

/** A task of the past says nothing: it is live while it was not given up and some of its units still wait at its node. */
export function isLive(task: PickTask, spans: readonly Span[]): boolean {
  if (task.status === 'released') return false;
  return task.units.some((range) => spans.some((span) => waitsAt(span, task.nodeId) && overlap(span, range)));
}

function overlap(span: Span, range: UnitRange): boolean {
  return span.lineId === range.lineId && span.from <= range.to && span.to >= range.from;
}

/** Why nobody goes for, or packs, what may be cancelled in a moment. */
export const beingCancelled = (number: string): string =>
  `${number}: a cancellation is about to be carried out. Undo it first, or wait a few seconds.`;

/** What of an order somebody can go for at a node: what waits there and nobody else goes for. */
export function planPick(
  order: {
    readonly number: string;
    readonly holds: readonly string[];
    readonly spans: readonly Span[];
    /** Whether a wish to cancel waits until it can no longer be undone. */
    readonly cancelling?: boolean;
  },
  tasks: readonly PickTask[],
  nodeId: string,
): PickVerdict {
  if (order.cancelling) return no(beingCancelled(order.number));
  if (order.holds.length > 0) return no(`${order.number} is on hold (${order.holds.join(', ')}). Release the hold first.`);
  const waiting = order.spans.filter((span) => waitsAt(span, nodeId));
  if (waiting.length === 0) return no(`${order.number} has nothing waiting at this node.`);
  const live = tasks.filter((task) => task.nodeId === nodeId && isLive(task, order.spans));
  const units = waiting.flatMap((span) =>
    without(
      span,
      live.flatMap((task) => task.units),
    ),
  );
  const [taken] = live;
  if (units.length === 0 && taken) {
    const how = taken.status === 'packed' ? 'is packed already' : 'is being picked already';
    return no(`${order.number} ${how}, on list ${taken.pickListNumber}.`);
  }
  return { allowed: true, units };
}

/** The parts of a span that no range covers. */
function without(span: Span, ranges: readonly UnitRange[]): UnitRange[] {
  const taken = ranges.filter((range) => overlap(span, range)).sort((a, b) => a.from - b.from);
  const free: UnitRange[] = [];
  let from = span.from;
  for (const range of taken) {
    if (range.from > from) free.push({ lineId: span.lineId, from, to: range.from - 1 });
    from = Math.max(from, range.to + 1);
  }
  if (from <= span.to) free.push({ lineId: span.lineId, from, to: span.to });
  return free;
}
