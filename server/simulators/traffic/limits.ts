import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** How far the demo's customers may go. Whatever is asked for, a machine that is left alone is not filled up. */
export const MOST_PER_HOUR = 1_000;
/** A demo with this much in its database has seen enough. */
export const MOST_DATABASE_BYTES = 4 * 1024 ** 3;
/** Less free space than this on the disk of the data folder, and no more orders come. */
export const LEAST_FREE_BYTES = 2 * 1024 ** 3;
const HOUR_MS = 3_600_000;

const stored = z.object({
  paused: z.boolean(),
  /** Seconds from one order to the next, on average. */
  everySeconds: z.number().min(1).max(3_600),
  /** When orders were placed during the last hour. */
  placed: z.array(z.number()),
  total: z.number(),
  /** Products that were nearly or quite sold out when the traffic first looked: they stay like that, because a shop has such. */
  scarce: z.array(z.string()).nullable(),
});
export type TrafficMemory = z.infer<typeof stored>;

const FRESH: TrafficMemory = { paused: false, everySeconds: 5, placed: [], total: 0, scarce: null };

/** What the traffic remembers across restarts: a small file beside the simulators' journals. */
export function openMemory(dir: string | undefined): { readonly memory: TrafficMemory; save(): void } {
  const file = dir === undefined ? undefined : join(dir, 'traffic.json');
  const memory = { ...FRESH, ...(file && existsSync(file) ? parse(readFileSync(file, 'utf8')) : {}) };
  return {
    memory,
    save() {
      if (file === undefined) return;
      // Whole or not at all: a process that dies while it writes leaves the old file.
      writeFileSync(`${file}.new`, JSON.stringify(memory));
      renameSync(`${file}.new`, file);
    },
  };
}

function parse(text: string): Partial<TrafficMemory> {
  try {
    return stored.partial().parse(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Forgets what is older than an hour; returns how many are left. */
export function ordersLastHour(memory: TrafficMemory, nowMs: number): number {
  memory.placed = memory.placed.filter((at) => at > nowMs - HOUR_MS);
  return memory.placed.length;
}

export type StopReason = 'hour' | 'disk' | 'database';

/** Why no order may come now, or null. */
export function stopReason(facts: {
  readonly lastHour: number;
  readonly freeBytes: number | null;
  readonly databaseBytes: number | null;
}): StopReason | null {
  if (facts.lastHour >= MOST_PER_HOUR) return 'hour';
  if (facts.freeBytes !== null && facts.freeBytes < LEAST_FREE_BYTES) return 'disk';
  return facts.databaseBytes !== null && facts.databaseBytes > MOST_DATABASE_BYTES ? 'database' : null;
}
