import { isWaiting, mayCancel, type OrderFacts, planCancel } from '../domains/orders/rules.ts';
import { DEFAULTS } from '../domains/policies/rules.ts';
import type { CancellationTerms } from '../domains/policies/schema.ts';
import { type CancelFacts, feeOf } from '../kernel/cancel-policy.ts';
import { toMajor } from '../kernel/money.ts';
import { type Span, type UnitSelection, unitsIn } from '../kernel/units.ts';
import { CANCEL_ACTORS, type CancelActor, type OrderStatus } from '../kernel/vocabulary.ts';

/**
 * Who may cancel what, in every state an order can be in: computed by the rules that decide, for an order of two cups and a lid. A test brings
 * real orders into each state, cancels them, and compares what happened with this.
 */
export const MATRIX_TERMS: CancellationTerms = { ...DEFAULTS.cancellation, feeMinor: { EUR: 300 }, agentCharges: true };
export const CUPS = { id: 'cups', quantity: 2, totalMinor: 2_500n } as const;
export const LID = { id: 'lid', quantity: 1, totalMinor: 500n } as const;
const TOTAL_MINOR = CUPS.totalMinor + LID.totalMinor;

export const MATRIX_SCOPES = ['order', 'line', 'unit'] as const;
export type MatrixScope = (typeof MATRIX_SCOPES)[number];

export interface MatrixState {
  readonly name: string;
  readonly title: string;
  readonly status: OrderStatus;
  readonly confirmed: boolean;
  /** Of each unit: the two cups, and the lid. */
  readonly units: readonly [UnitState, UnitState, UnitState];
  readonly heldMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor?: bigint;
  /** A partner is asked for the units first. */
  readonly asksPartner?: true;
}
type UnitState = Span['state'] | 'packed';

const confirmed = { status: 'CONFIRMED', confirmed: true, heldMinor: TOTAL_MINOR, capturedMinor: 0n } as const;
const all = (state: UnitState) => [state, state, state] as const;
const taken = { confirmed: true, heldMinor: 0n, capturedMinor: TOTAL_MINOR } as const;

export const MATRIX_STATES: readonly MatrixState[] = [
  {
    name: 'pending',
    title: 'pending payment',
    status: 'PENDING',
    confirmed: false,
    units: all('open'),
    heldMinor: 0n,
    capturedMinor: 0n,
  },
  { name: 'open', title: 'confirmed, goods not set aside', ...confirmed, units: all('open') },
  { name: 'backordered', title: 'backordered', ...confirmed, units: ['backordered', 'backordered', 'allocated'] },
  { name: 'held', title: 'on hold', ...confirmed, units: all('open') },
  { name: 'allocated', title: 'allocated', ...confirmed, units: all('allocated') },
  { name: 'paid', title: 'allocated, money taken', ...taken, status: 'CONFIRMED', units: all('allocated') },
  { name: 'packed', title: 'packed, label bought', ...confirmed, units: all('packed') },
  { name: 'partner', title: 'handed to a 3PL', ...confirmed, units: all('allocated'), asksPartner: true },
  {
    name: 'partly',
    title: 'partly shipped',
    ...{ status: 'PARTIALLY_FULFILLED', confirmed: true, heldMinor: TOTAL_MINOR - 1_250n, capturedMinor: 1_250n },
    units: ['shipped', 'allocated', 'allocated'],
  },
  { name: 'shipped', title: 'shipped', ...taken, status: 'FULFILLED', units: all('shipped') },
  { name: 'delivered', title: 'delivered', ...taken, status: 'FULFILLED', units: all('delivered') },
  {
    name: 'returned',
    title: 'cups returned',
    ...taken,
    status: 'FULFILLED',
    units: ['returned', 'returned', 'delivered'],
    refundedMinor: 2_500n,
  },
  { name: 'cancelled', title: 'cancelled', ...confirmed, status: 'CANCELLED', units: all('cancelled'), heldMinor: 0n },
  { name: 'refunded', title: 'refunded', ...taken, status: 'REFUNDED', units: all('delivered'), refundedMinor: TOTAL_MINOR },
];

export interface MatrixCell {
  readonly allowed: boolean;
  /** Until when and for what, or why not: what everybody is told. */
  readonly sentence: string;
  readonly valueMinor: bigint;
  readonly feeMinor: bigint;
  readonly releasedMinor: bigint;
  readonly refundedMinor: bigint;
  /** Nothing of it waits to leave afterwards: what was held is released at once. */
  readonly over: boolean;
}

const line = ({ id, quantity, totalMinor }: typeof CUPS | typeof LID, position: number) => ({
  ...({
    id,
    orderId: 'o',
    position,
    kind: 'item',
    skuId: id,
    skuCode: id,
    name: id,
    stocked: true,
    quantity,
    unitPrice: '1',
  } as const),
  ...{ netMinor: totalMinor, discountMinor: 0n, taxMinor: 0n, totalMinor, taxRate: '0' },
});

function factsOf(state: MatrixState): OrderFacts & CancelFacts {
  const span = (lineId: string, unit: number, of: UnitState): Span => ({
    ...{ lineId, from: unit, to: unit, refundId: null, nodeId: null },
    state: of === 'packed' ? 'allocated' : of,
    shipmentId: of === 'packed' ? 's' : null,
  });
  const { status, capturedMinor, refundedMinor = 0n } = state;
  const [first, second, lid] = state.units;
  return {
    ...{ status, capturedMinor, refundedMinor, confirmed: state.confirmed, holds: [], goodwillMinor: 0n },
    lines: [line(CUPS, 1), line(LID, 2)],
    spans: [span(CUPS.id, 1, first), span(CUPS.id, 2, second), span(LID.id, 1, lid)],
    placedAt: new Date(0),
    currency: 'EUR',
  };
}

/** What is named: nothing for the order, the cups that are left, or one of them. */
export function selectionOf(state: MatrixState, scope: MatrixScope): UnitSelection | undefined {
  if (scope === 'order') return undefined;
  const left = state.units.slice(0, 2).filter((unit) => ['open', 'backordered', 'allocated'].includes(unit)).length;
  return [{ lineId: CUPS.id, quantity: scope === 'unit' ? 1 : left || CUPS.quantity }];
}

export function matrixCell(state: MatrixState, actor: CancelActor, scope: MatrixScope): MatrixCell {
  const facts = factsOf(state);
  const by = { actor, terms: MATRIX_TERMS, now: new Date(1), ...(scope === 'order' ? {} : { part: true }) };
  const answer = mayCancel(facts, by);
  const nothing = { valueMinor: 0n, feeMinor: 0n, releasedMinor: 0n, refundedMinor: 0n, over: false };
  if (!answer.allowed) return { allowed: false, sentence: answer.why, ...nothing };
  const { value, ranges } = planCancel(facts, selectionOf(state, scope));
  const over = unitsIn(ranges) === unitsIn(facts.spans.filter(isWaiting));
  const { heldMinor, capturedMinor } = state;
  const valueMinor = value.totalMinor;
  const paidTooMuch = (cancelled: bigint): bigint => most(0n, capturedMinor - (TOTAL_MINOR - cancelled));
  const feeMinor = feeOf({ ...facts, feeSoFarMinor: 0n }, by, 'customer_request', {
    valueMinor,
    availableMinor: paidTooMuch(valueMinor) + heldMinor,
  });
  const owedAfter = TOTAL_MINOR - valueMinor + feeMinor;
  const releasedMinor = most(0n, heldMinor - most(0n, owedAfter - capturedMinor));
  return {
    allowed: true,
    sentence: answer.sentence,
    valueMinor,
    feeMinor,
    releasedMinor,
    refundedMinor: paidTooMuch(valueMinor - feeMinor),
    over,
  };
}

const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);
const money = (amountMinor: bigint): string => toMajor({ amountMinor, currency: 'EUR' });

/** What the money did, in words. */
function moneyWords(state: MatrixState, { feeMinor, releasedMinor, refundedMinor, over }: MatrixCell): string {
  const words = [
    ...(feeMinor > 0n ? [`${money(feeMinor)} kept`] : []),
    ...(releasedMinor > 0n ? [`${money(releasedMinor)} released${over ? '' : ' when the rest has left'}`] : []),
    ...(refundedMinor > 0n ? [`${money(refundedMinor)} refunded`] : []),
  ];
  const asks = state.asksPartner ? 'asks the partner first; ' : '';
  return `${asks}${words.length > 0 ? words.join(', ') : 'nothing was held'}`;
}

/** docs/cancellation.md: every cell, with its sentence. */
export function cancellationPage(): string {
  const sentences: string[] = [];
  const note = (sentence: string): string => {
    if (!sentences.includes(sentence)) sentences.push(sentence);
    return `[${sentences.indexOf(sentence) + 1}]`;
  };
  const cell = (state: MatrixState, actor: CancelActor, scope: MatrixScope): string => {
    const found = matrixCell(state, actor, scope);
    return found.allowed ? `✓ ${moneyWords(state, found)} ${note(found.sentence)}` : `✗ ${note(found.sentence)}`;
  };
  const rows = MATRIX_STATES.flatMap((state) =>
    MATRIX_SCOPES.map(
      (scope) => `| ${state.title} | ${scope} | ${CANCEL_ACTORS.map((actor) => cell(state, actor, scope)).join(' | ')} |`,
    ),
  );
  return `${[
    '# Who may cancel what, and what it does',
    '',
    'This page is made from the rules (`mayCancel` in `server/domains/orders/rules.ts`, the terms in `server/kernel/cancel-policy.ts`) by',
    '`npm run docs`; a test compares the two, and another runs every cell on a real order (`server/flows/policies/cancel-matrix.test.ts`). The',
    'order is two cups at 12.50 and a lid at 5.00. The policy is the house’s own, with a fee of 3.00 that customers and the shop’s people pay,',
    'and the house and channels never do. Amounts are EUR; the numbers in brackets name what everybody is told, below.',
    '',
    `| state | scope | ${CANCEL_ACTORS.join(' | ')} |`,
    `|---|---|${CANCEL_ACTORS.map(() => '---').join('|')}|`,
    ...rows,
    '',
    '## What everybody is told',
    '',
    ...sentences.map((sentence, index) => `${index + 1}. ${sentence}`),
  ].join('\n')}\n`;
}
