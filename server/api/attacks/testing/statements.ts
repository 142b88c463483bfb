import pg from 'pg';

/** Every text that this process sends to PostgreSQL as a statement, and every value beside it. */
export interface Statements {
  /** Each distinct text, with how often it was sent. */
  readonly texts: ReadonlyMap<string, number>;
  /** All values that were sent beside the texts, as text, one per line. */
  values(): string;
  clear(): void;
  /** Takes the listener away. */
  stop(): void;
}

interface Sent {
  readonly text: string;
  readonly values?: unknown;
}

/** Listens at the driver's own client, below every pool, Prisma included: whatever becomes SQL passes here. */
export function recordStatements(): Statements {
  const texts = new Map<string, number>();
  let values: string[] = [];
  const original: unknown = pg.Client.prototype.query;
  const record = function (this: pg.Client, ...args: unknown[]): unknown {
    const [first, second] = args;
    const sent: Sent = typeof first === 'string' ? { text: first, values: second } : (first as Sent);
    if (typeof sent?.text === 'string') texts.set(sent.text, (texts.get(sent.text) ?? 0) + 1);
    if (Array.isArray(sent?.values))
      values.push(JSON.stringify(sent.values, (_key, each) => (typeof each === 'bigint' ? `${each}` : each)));
    return (original as (...rest: unknown[]) => unknown).apply(this, args);
  };
  Object.assign(pg.Client.prototype, { query: record });
  return {
    texts,
    values: () => values.join('\n'),
    clear() {
      texts.clear();
      values = [];
    },
    stop() {
      Object.assign(pg.Client.prototype, { query: original });
    },
  };
}
