import { type Latency, latencyOf } from '../harness/bench.ts';
import { runInChild } from '../harness/child.ts';

/** One sale: buyers who each want one unit of a SKU that is not enough for them. */
export interface SalePlan {
  /** Of the api processes; buyers are spread over them. */
  readonly ports: readonly number[];
  readonly apiKeys: readonly string[];
  readonly sku: string;
  readonly units: number;
  readonly buyers: number;
  readonly connections: number;
  /** How long a cart holds its unit. */
  readonly ttlSeconds: number;
  /** Of a hundred buyers, those who send each request twice under the same key, and those who reserve and never pay. */
  readonly retrying: number;
  readonly abandoning: number;
  readonly seed: number;
}

export interface SaleRecord {
  readonly orders: readonly string[];
  /** Buyers who were refused and had nothing when it was over. */
  readonly empty: number;
  readonly abandoned: number;
  /** Buyers whose cart was over before they had paid. */
  readonly late: number;
  readonly retried: number;
  /** Repeats that were answered otherwise than the first time. */
  readonly differing: number;
  readonly others: Readonly<Record<string, number>>;
  /** From the first request until all had come once. */
  readonly rushMs: number;
  readonly rushRequests: number;
  readonly soldAfterMs: number;
  readonly salesMs: readonly number[];
  readonly refusalsMs: readonly number[];
  readonly ordersMs: readonly number[];
}

export interface Sale extends SaleRecord {
  readonly sales: Latency;
  readonly refusals: Latency;
  readonly placements: Latency;
}

/** Runs a sale in a process of its own. */
export async function runSale(plan: SalePlan): Promise<Sale> {
  const record = await runInChild<SalePlan, SaleRecord>('bench/flash-sale/sale-process.ts', plan);
  const latency = (samples: readonly number[]): Latency => latencyOf(Float64Array.from(samples));
  return {
    ...record,
    sales: latency(record.salesMs),
    refusals: latency(record.refusalsMs),
    placements: latency(record.ordersMs),
  };
}
