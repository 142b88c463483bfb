/**
 * A history of a run, as Jepsen records one: what clients asked for and were answered, what they read, and, from the append-only tables
 * at the end, every change of every object in the order of its versions. Amounts and quantities of such runs are small: numbers.
 */
export type Request =
  | { readonly kind: 'place'; readonly lines: readonly WantedLine[] }
  | { readonly kind: 'cancel'; readonly order: string; readonly units?: readonly WantedUnits[] }
  | { readonly kind: 'ship'; readonly order: string; readonly units?: readonly WantedUnits[] }
  | { readonly kind: 'refund'; readonly order: string; readonly of: RefundOf }
  | { readonly kind: 'adjust'; readonly sku: string; readonly node: string; readonly delta: number }
  | { readonly kind: 'count'; readonly sku: string; readonly node: string; readonly counted: number; readonly expected: number }
  | { readonly kind: 'transfer'; readonly debit: string; readonly credit: string; readonly amountMinor: number };

export type RefundOf =
  | { readonly units: readonly WantedUnits[] | null }
  | { readonly amountMinor: number; readonly goodwill: boolean };

export interface WantedLine {
  readonly sku: string;
  readonly quantity: number;
  readonly discountMinor: number;
}

/** So many units of a line, whichever come first. */
export interface WantedUnits {
  readonly line: string;
  readonly quantity: number;
}

/** What a client is answered, in the words of this checker, whatever door it came by. */
export interface Answers {
  readonly place: {
    readonly order: string;
    readonly status: string;
    readonly totalMinor: number;
    readonly lines: readonly PlacedLine[];
  };
  readonly cancel: { readonly status: string; readonly cancelledMinor: number; readonly refund: string | null };
  readonly ship: { readonly shipments: readonly { readonly id: string; readonly valueMinor: number }[] };
  readonly refund: { readonly refund: string; readonly status: string; readonly amountMinor: number };
  readonly adjust: Adjusted;
  readonly count: Adjusted;
  readonly transfer: { readonly debitBalanceMinor: number; readonly creditBalanceMinor: number };
}

export interface PlacedLine {
  readonly id: string;
  readonly sku: string;
  readonly quantity: number;
  readonly totalMinor: number;
}

export interface Adjusted {
  readonly onHand: number;
  readonly delta: number;
  readonly short: number;
  readonly shortfall: number;
}

/** `unknown`: no answer came, or one that says that nobody knows (5xx). */
export type Outcome =
  | { readonly is: 'ok'; readonly answer: Answers[keyof Answers] }
  | { readonly is: 'refused'; readonly code: string; readonly data: Readonly<Record<string, unknown>> }
  | { readonly is: 'unknown'; readonly why: string };

/** One try of an operation. Times are of one monotonic clock, in milliseconds. */
export interface Attempt {
  readonly client: number;
  readonly door: string;
  readonly invoked: number;
  readonly completed: number;
  readonly outcome: Outcome;
}

/** What is asked for once, however often it is sent: all its attempts carry one key, and its effects carry its id as their trace. */
export interface Operation {
  readonly id: string;
  readonly key: string;
  readonly request: Request;
  readonly attempts: readonly Attempt[];
}

/** A row as somebody saw it: `order:<id>`, `supply:<sku>`, `node:<sku>@<node>` or `account:<code>`. */
export interface Observation {
  readonly object: string;
  readonly version: number;
  readonly shows: Readonly<Record<string, unknown>>;
}

/** What one statement or snapshot showed a client. */
export interface Read {
  readonly client: number;
  readonly invoked: number;
  readonly completed: number;
  readonly sees: readonly Observation[];
}

/** One change of one object. `operation` is null where the house made it by itself, in a saga. */
export interface Entry<C> {
  readonly object: string;
  readonly version: number;
  /** The transaction that committed it. */
  readonly tx: string;
  readonly operation: string | null;
  readonly change: C;
}

export interface SupplyChange {
  readonly kind: string;
  readonly sellable: number;
  readonly promised: number;
  readonly shortfall: number;
}

export interface NodeChange {
  readonly kind: string;
  readonly onHand: number;
  readonly allocated: number;
  readonly short: number;
}

/** One side of a transfer, as its account sees it. */
export interface AccountChange {
  readonly side: 'debit' | 'credit';
  readonly phase: string;
  readonly amountMinor: number;
  /** Posted, on the account's normal side, as the transfer's row says. */
  readonly balanceMinor: number;
}

/** A unit of an order's line: `<line>#<n>`, counted from 1. */
export type UnitId = `${string}#${number}`;

export type OrderChange =
  | { readonly type: 'placed'; readonly lines: readonly (WantedLine & { readonly id: string; readonly netMinor: number })[] }
  | { readonly type: 'allocated'; readonly units: Readonly<Record<string, number>> }
  | { readonly type: 'cancelled'; readonly units: readonly UnitId[]; readonly valueMinor: number }
  | { readonly type: 'packed'; readonly shipment: string; readonly units: readonly UnitId[]; readonly valueMinor: number }
  | { readonly type: 'unpacked' | 'left'; readonly shipment: string }
  | { readonly type: 'captured'; readonly amountMinor: number }
  | {
      readonly type: 'refund asked';
      readonly refund: string;
      readonly why: 'goodwill' | 'cancelled' | 'other';
      readonly amountMinor: number;
      readonly units: readonly UnitId[];
    }
  | { readonly type: 'refund paid'; readonly refund: string; readonly amountMinor: number }
  | { readonly type: 'refund over'; readonly refund: string }
  | { readonly type: 'confirmed' | 'held' | 'released' | 'told' };

export interface AccountTraits {
  readonly normalSide: 'debit' | 'credit';
  /** May not fall below zero. */
  readonly limited: boolean;
  readonly kind: string;
}

/** The books at the end: all that happened to each object, and the rows as they stand. */
export interface Books {
  readonly supply: readonly Entry<SupplyChange>[];
  readonly nodes: readonly Entry<NodeChange>[];
  readonly accounts: readonly Entry<AccountChange>[];
  readonly orders: readonly Entry<OrderChange>[];
  readonly traits: Readonly<Record<string, AccountTraits>>;
  readonly rows: readonly Observation[];
}

export interface History {
  readonly operations: readonly Operation[];
  readonly reads: readonly Read[];
  readonly books: Books;
  /** What a unit costs, in millionths of the currency. */
  readonly prices: Readonly<Record<string, number>>;
}

export type AnomalyKind =
  | 'versions'
  | 'impossible change'
  | 'lost update'
  | 'applied twice'
  | 'vanished'
  | 'refused yet applied'
  | 'torn'
  | 'not what was asked'
  | 'wrong answer'
  | 'refused without a reason'
  | 'two answers for one key'
  | 'wrong read'
  | 'out of order'
  | 'not conserved';

/** What no sequential run could have shown. */
export interface Anomaly {
  readonly kind: AnomalyKind;
  readonly about: string;
  readonly detail: string;
}

export type Report = (kind: AnomalyKind, about: string, detail: string) => void;

/** From when to when something may have taken effect. */
export interface Span {
  readonly invoked: number;
  readonly completed: number;
}

/** From an operation's first sending to its first answer; without one it may take effect at any time after. */
export function spanOf(operation: Operation): Span {
  const answered = operation.attempts.filter((attempt) => attempt.outcome.is !== 'unknown');
  return {
    invoked: Math.min(...operation.attempts.map((attempt) => attempt.invoked)),
    completed: Math.min(Number.POSITIVE_INFINITY, ...answered.map((attempt) => attempt.completed)),
  };
}

/** The first answer that says what became of it; unknown where there is none. */
export function outcomeOf(operation: Operation): Outcome {
  const answered = operation.attempts.filter((attempt) => attempt.outcome.is !== 'unknown');
  const [first] = [...answered].sort((a, b) => a.completed - b.completed);
  return first?.outcome ?? { is: 'unknown', why: 'no answer' };
}

/** The same text for the same JSON, whatever order its fields are in. */
export function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}

/** How many operations ended how, such as "place ok" or "place out_of_stock". */
export function tally({ operations }: Pick<History, 'operations'>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const operation of operations) {
    const outcome = outcomeOf(operation);
    const ending = `${operation.request.kind} ${outcome.is === 'refused' ? outcome.code : outcome.is}`;
    counts[ending] = (counts[ending] ?? 0) + 1;
  }
  return counts;
}
