import type { PaymentMethod } from '../kernel/vocabulary.ts';
import type { Queryable } from '../platform/db.ts';
import { Conditions, prepared } from './conditions.ts';
import type { Scope } from './scope.ts';

/** A gateway as whoever chooses between them sees it. */
export interface GatewayRow {
  readonly name: string;
  /** The payment methods that it can take. */
  readonly methods: readonly PaymentMethod[];
  /** Whether it is configured here: a merchant's list names no other. */
  readonly connected: boolean;
  /** `away`: it left too many calls in a row unanswered, and is left alone for a moment. */
  readonly health: 'well' | 'silent' | 'away' | 'not_connected';
  /** Of the last hour: what was tried, and of that what has no answer. */
  readonly attempts: number;
  readonly unanswered: number;
  /** Of the attempts to authorize, those that a bank or the gateway refused. */
  readonly declined: number;
  readonly lastAnswerAt: Date | null;
}

/** One gateway of a merchant's list, as it is stored. */
export interface StoredRule {
  readonly gateway: string;
  readonly currencies?: string[] | undefined;
  readonly methods?: string[] | undefined;
  readonly limits?: Record<string, number> | undefined;
  readonly shipsUnpaid?: boolean | undefined;
}

/** Which gateways take a merchant's payments; null where nobody has said, and the first takes all. */
export interface MerchantGateways {
  readonly merchantId: string;
  readonly merchantName: string;
  readonly currency: string;
  readonly gateways: readonly StoredRule[] | null;
}

interface Tried {
  readonly provider: string;
  readonly attempts: number;
  readonly unanswered: number;
  readonly declined: number;
  readonly lastAnswerAt: Date | null;
}

/** The newest payments that are looked at: of a busy hour a sample says as much. */
const LOOKED_AT = 2_000;

const TRIED = `
  SELECT p.provider, count(*)::int AS attempts, count(*) FILTER (WHERE o.status = 'unknown')::int AS unanswered,
         count(*) FILTER (WHERE o.status = 'failed' AND o.kind = 'authorize')::int AS declined, max(o.settled_at) AS "lastAnswerAt"
  FROM (SELECT id, order_id, provider FROM payments WHERE created_at > $1 ORDER BY created_at DESC, id DESC LIMIT ${LOOKED_AT}) p
  JOIN payment_operations o ON o.order_id = p.order_id AND o.payment_id = p.id
  GROUP BY p.provider`;

/** A gateway as this process has it; without an adapter it is not configured. */
export interface KnownGateway {
  readonly name: string;
  readonly methods: readonly PaymentMethod[];
  readonly adapter?: { healthy(): boolean } | undefined;
}

/** Every gateway there is with how it does now. `now` is the reader's. */
export async function listGateways(db: Queryable, known: readonly KnownGateway[], now: Date): Promise<GatewayRow[]> {
  const since = new Date(now.getTime() - 3_600_000);
  const { rows } = await db.query<Tried>({ name: 'gateways-tried', text: TRIED, values: [since] });
  const tried = new Map(rows.map((row) => [row.provider, row]));
  return known.map(({ name, methods, adapter }) => {
    const { attempts = 0, unanswered = 0, declined = 0, lastAnswerAt = null } = tried.get(name) ?? {};
    const health = !adapter ? 'not_connected' : !adapter.healthy() ? 'away' : unanswered > 0 ? 'silent' : 'well';
    return { name, methods, connected: adapter !== undefined, health, attempts, unanswered, declined, lastAnswerAt };
  });
}

/** The merchants of the scope with what was said of their gateways. */
export async function listMerchantGateways(db: Queryable, scope: Scope): Promise<MerchantGateways[]> {
  const where = new Conditions();
  if (scope.merchantId !== null) where.add((p) => `m.id = ${p}`, scope.merchantId);
  const text = `SELECT m.id AS "merchantId", m.name AS "merchantName", m.currency, m.payment_gateways AS gateways FROM merchants m
    WHERE ${where.where} ORDER BY m.name`;
  return (await db.query<MerchantGateways>(prepared('merchant-gateways', text, where.values))).rows;
}
