import { z } from 'zod';

/**
 * Fault injection. A fault is asked for by a request header, by the metadata `sim_fault`, or by a switch. A switch is `true`, a
 * probability, or a rule; several rules for one fault may be given as a list. `next` limits a rule to that many hits.
 */
export const FAULTS = [
  'decline', // the issuer, the carrier, the bank or the partner says no
  'challenge', // the cardholder must authenticate first
  'slow_ms', // the answer, and the effect, come that much later
  'drop_before', // the connection breaks and nothing happened
  'drop_reply', // it happens, and the connection breaks without a reply
  'error_5xx', // 500, and nothing happened
  'error_5xx_after', // it happens, and the reply is a 500
  'rate_limit', // 429 (mail: 451, greylisted), and nothing happened
] as const;
export type Fault = (typeof FAULTS)[number];

export type Faults = Partial<Record<Fault, string | number | true>>;

const rule = z.strictObject({
  probability: z.number().min(0).max(1).default(1),
  next: z.int().min(1).nullable().default(null),
  on: z
    .union([z.string(), z.array(z.string())])
    .nullable()
    .default(null),
  order_id: z.string().nullable().default(null),
  operation_id: z.string().nullable().default(null),
  value: z.union([z.string(), z.number()]).nullable().default(null),
});
type Rule = z.infer<typeof rule>;
const setting = z.union([z.boolean(), z.number(), z.null(), rule, z.array(rule)]);

const webhookSwitches = z.strictObject({
  duplicate: z.number().min(0).max(1).or(z.boolean()),
  delay_ms: z.number().min(0),
  reorder: z.number().min(0).max(1).or(z.boolean()),
  off: z.boolean(),
});
export type WebhookSwitches = z.infer<typeof webhookSwitches>;

const input = z.strictObject({
  ...Object.fromEntries(FAULTS.map((fault) => [fault, setting.optional()])),
  down: z.union([z.boolean(), z.null(), z.strictObject({ for_ms: z.number().positive() })]).optional(),
  webhooks: webhookSwitches.partial().nullable().optional(),
});

/** What a request is about, as far as switches can be scoped to it. */
export interface FaultScope {
  readonly kind: string;
  readonly orderId?: string | undefined;
  readonly operationId?: string | undefined;
  readonly header?: string | undefined;
  readonly metadata?: string | undefined;
}

const DEFAULT_DOWN_MS = 60_000;
const DEFAULT_SLOW_MS = 3_000;
const NO_WEBHOOK_FAULTS: WebhookSwitches = { duplicate: 0, delay_ms: 0, reorder: 0, off: false };
const MAX_REMEMBERED = 10_000;

const chance = (probability: number | boolean): boolean => Number(probability) > 0 && Math.random() < Number(probability);

/** A number is milliseconds for slow_ms and a probability elsewhere. */
function rulesOf(fault: Fault, value: z.infer<typeof setting>): Rule[] {
  if (value === null || value === false || value === 0) return [];
  if (Array.isArray(value)) return value;
  if (typeof value === 'object') return [value];
  if (value === true) return [rule.parse({})];
  return [rule.parse(fault === 'slow_ms' ? { value } : { probability: value })];
}

function matches(candidate: Rule, fault: Fault, scope: FaultScope, mutating: ReadonlySet<string>): boolean {
  const on = candidate.on === null ? null : [candidate.on].flat();
  const kinds = on === null ? (fault === 'decline' || fault === 'challenge' ? DECIDING : mutating) : new Set(on);
  if (!kinds.has(scope.kind) && !kinds.has('*')) return false;
  if (candidate.order_id !== null && candidate.order_id !== scope.orderId) return false;
  if (candidate.operation_id !== null && candidate.operation_id !== scope.operationId) return false;
  return chance(candidate.probability);
}

/** Where a decline or a challenge without a scope applies. */
const DECIDING: ReadonlySet<string> = new Set(['authorize', 'label', 'mail', 'payout', 'request']);

export class Switches {
  webhooks: WebhookSwitches = NO_WEBHOOK_FAULTS;
  readonly fired: Partial<Record<Fault, number>> = {};
  private rules: Partial<Record<Fault, Rule[]>> = {};
  private downUntil = 0;
  private spent = new Set<string>();
  private readonly mutating: ReadonlySet<string>;
  private readonly goDown: (forMs: number) => Promise<void>;
  private readonly comeBack: () => Promise<void>;

  /** `kinds` are the operations that change something: where a switch without a scope applies. */
  constructor(kinds: readonly string[], goDown: (forMs: number) => Promise<void>, comeBack: () => Promise<void>) {
    this.mutating = new Set(kinds);
    this.goDown = goDown;
    this.comeBack = comeBack;
  }

  /** The faults that befall this request. Count-limited switches are used up by it. */
  decide(scope: FaultScope): Faults {
    const faults: Faults = {};
    if (scope.header !== undefined) this.read(scope.header, scope, faults);
    if (scope.metadata !== undefined) this.readOnce(scope.metadata, scope, faults);
    for (const fault of FAULTS) {
      const rules = this.rules[fault];
      if (rules === undefined || faults[fault] !== undefined) continue;
      const hit = rules.find((candidate) => matches(candidate, fault, scope, this.mutating));
      if (hit === undefined) continue;
      faults[fault] = hit.value ?? (fault === 'slow_ms' ? DEFAULT_SLOW_MS : true);
      if (hit.next !== null) {
        hit.next -= 1;
        if (hit.next === 0) this.rules[fault] = rules.filter((other) => other !== hit);
      }
    }
    for (const fault of Object.keys(faults) as Fault[]) this.fired[fault] = (this.fired[fault] ?? 0) + 1;
    return faults;
  }

  /** Changes the named switches and leaves the others. `null`, `false` or 0 turns one off. Throws ZodError. */
  async set(change: unknown): Promise<void> {
    const parsed = input.parse(change);
    for (const fault of FAULTS) {
      const value = (parsed as Partial<Record<Fault, z.infer<typeof setting>>>)[fault];
      if (value !== undefined) this.rules[fault] = rulesOf(fault, value);
    }
    if (parsed.webhooks !== undefined) {
      this.webhooks = parsed.webhooks === null ? NO_WEBHOOK_FAULTS : { ...this.webhooks, ...parsed.webhooks };
    }
    if (parsed.down === undefined) return;
    if (parsed.down) {
      const forMs = parsed.down === true ? DEFAULT_DOWN_MS : parsed.down.for_ms;
      this.downUntil = Date.now() + forMs;
      await this.goDown(forMs);
    } else {
      this.downUntil = 0;
      await this.comeBack();
    }
  }

  async reset(): Promise<void> {
    this.rules = {};
    this.spent.clear();
    this.webhooks = NO_WEBHOOK_FAULTS;
    for (const fault of FAULTS) delete this.fired[fault];
    await this.set({ down: false });
  }

  toJSON(): Record<string, unknown> {
    const rules = Object.fromEntries(FAULTS.map((fault) => [fault, this.rules[fault] ?? []]));
    const down = this.downUntil > Date.now() ? { until: new Date(this.downUntil).toISOString() } : false;
    return { ...rules, down, webhooks: this.webhooks };
  }

  /** Reads `fault[=value][@kind]`, several separated by commas. A fault without a kind is for the request that names it. */
  private read(source: string, scope: FaultScope, faults: Faults): void {
    for (const part of source.split(',')) {
      const match = /^([a-z0-9_]+)(?:=([^@]+))?(?:@([a-z]+))?$/.exec(part.trim());
      const fault = FAULTS.find((name) => name === match?.[1]);
      if (fault === undefined || (match?.[3] !== undefined && match[3] !== scope.kind)) continue;
      const value = match?.[2];
      faults[fault] = fault === 'slow_ms' ? Number(value ?? DEFAULT_SLOW_MS) : (value ?? true);
    }
  }

  /** Metadata travels with every repeat of a request, so its faults strike once per operation: the repeat can succeed. */
  private readOnce(source: string, scope: FaultScope, faults: Faults): void {
    const key = `${scope.kind} ${scope.operationId ?? ''}`;
    if (this.spent.has(key)) return;
    const before = Object.keys(faults).length;
    this.read(source, scope, faults);
    if (Object.keys(faults).length === before) return;
    if (this.spent.size >= MAX_REMEMBERED) this.spent.clear();
    this.spent.add(key);
  }
}
