import type pg from 'pg';
import { type FaultKind, type Faults, InjectedFault } from './faults.ts';
import { LockGraph, tablesLocked } from './lock-graph.ts';
import { hash } from './random.ts';
import { SagaWatch } from './saga-watch.ts';
import type { Owner, Scheduler } from './scheduler.ts';

export interface Statement {
  readonly name?: string;
  readonly text: string;
  readonly values?: readonly unknown[];
}

/** Changes a statement on its way to the database: how bugs are planted. */
export type Rewrite = (statement: Statement, owner: Owner | null) => Statement | readonly Statement[];

type Result = pg.QueryResult<Record<string, unknown>>;

/** What of a statement the simulation has to know, found once for each text. */
interface Known {
  readonly name: string;
  readonly readsTime: boolean;
  readonly ordered: boolean;
  readonly locks: readonly string[];
  readonly addsJobs: boolean;
}

/**
 * The real database over one connection. A seed is one transaction that is rolled back in the end; the application's own transactions are
 * savepoints within it, one at a time. What waits for the connection is chosen by the scheduler, like everything else.
 */
export class SimulatedDatabase {
  /** Transactions and single statements that came to an end. */
  committed = 0;
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  private readonly real: pg.PoolClient;
  private readonly rewrite: Rewrite;
  private readonly jobsAdded: () => void;
  private readonly lockGraph = new LockGraph();
  private readonly sagas = new SagaWatch();
  private sagasBefore = this.sagas.snapshot();
  private holder: Connection | null = null;
  /** What the database believes the time to be. */
  private toldTime = Number.NaN;

  constructor(options: {
    real: pg.PoolClient;
    scheduler: Scheduler;
    faults: Faults;
    rewrite: Rewrite;
    jobsAdded: () => void;
  }) {
    this.real = options.real;
    this.scheduler = options.scheduler;
    this.faults = options.faults;
    this.rewrite = options.rewrite;
    this.jobsAdded = options.jobsAdded;
  }

  /** What a process takes for its pool; nobody's is the simulation's own. */
  poolOf(owner: Owner | null): pg.Pool {
    const free = (): boolean => this.holder === null;
    const connect = (): Promise<Connection> =>
      this.scheduler.perform({
        owner,
        label: 'takes the connection',
        may: free,
        work: () => {
          if (this.faults.strikes('connect_refused')) throw new InjectedFault('connect ECONNREFUSED', 'ECONNREFUSED');
          this.holder = new Connection(this, owner);
          return this.holder;
        },
      });
    const query = (config: Statement | string, values?: readonly unknown[]): Promise<Result> => {
      const statement = toStatement(config, values);
      return this.scheduler.perform({ owner, label: nameOf(statement), may: free, work: () => this.alone(statement, owner) });
    };
    return { connect, query } as unknown as pg.Pool;
  }

  release(connection: Connection): void {
    if (this.holder === connection) this.holder = null;
  }

  isHeldBy(owner: Owner): boolean {
    return this.holder?.owner === owner;
  }

  /** Its process died: the server rolls back what it had not committed. */
  async abandon(owner: Owner): Promise<void> {
    if (this.holder?.owner !== owner) return;
    if (this.holder.isOpen) await this.rollback();
    this.holder = null;
  }

  /**
   * A transaction begins where the last one ended: at a savepoint, which is moved there only now, so that each costs one round trip. For
   * the database the time of a transaction is when it began.
   */
  async begin(): Promise<void> {
    this.toldTime = this.scheduler.time.now;
    const now = new Date(this.toldTime).toISOString();
    await this.real.query(`RELEASE SAVEPOINT tx; SET simulation.now = '${now}'; SAVEPOINT tx`);
    this.sagasBefore = this.sagas.snapshot();
  }

  commit(): void {
    this.committed += 1;
  }

  async rollback(): Promise<void> {
    await this.real.query('ROLLBACK TO SAVEPOINT tx');
    this.sagas.restore(this.sagasBefore);
  }

  /** Runs a statement as it is rewritten; `held` is what its transaction has locked so far. */
  async execute(statement: Statement, owner: Owner | null, held: Set<string>): Promise<Result> {
    const rewritten = this.rewrite(statement, owner);
    let result: Result | undefined;
    for (const one of Array.isArray(rewritten) ? (rewritten as Statement[]) : [rewritten as Statement]) {
      const known = inspect(one);
      this.recordLocks(known, owner, held);
      const wrong = this.sagas.written(one, owner, this.scheduler.time.now);
      if (wrong) this.scheduler.found(wrong);
      result = await this.real.query<Record<string, unknown>>({
        name: known.name,
        text: one.text,
        values: [...(one.values ?? [])],
      });
      if (!known.ordered && result.rows.length > 1) sort(result.rows);
      if (known.addsJobs) this.jobsAdded();
    }
    return result as Result;
  }

  /** A statement outside of any transaction: it is one by itself. None that the product sends alone may fail of itself. */
  private async alone(statement: Statement, owner: Owner | null): Promise<Result> {
    if (this.faults.strikes('connection_lost')) throw lost();
    if (inspect(statement).readsTime && this.toldTime !== this.scheduler.time.now) await this.begin();
    const result = await this.execute(statement, owner, new Set());
    this.commit();
    if (this.faults.strikes('commit_unheard')) throw lost();
    return result;
  }

  private recordLocks(known: Known, owner: Owner | null, held: Set<string>): void {
    for (const table of known.locks) {
      const circle = this.lockGraph.acquire(held, table, `${owner?.name ?? 'nobody'}, ${known.name}`);
      held.add(table);
      if (circle) this.scheduler.found(`Locks are taken in a circle: ${circle}`);
    }
  }
}

/** What a process takes for a pooled client. */
class Connection {
  isOpen = false;
  readonly owner: Owner | null;
  private readonly db: SimulatedDatabase;
  private broken = false;
  private reads = false;
  private readonly held = new Set<string>();
  /** What was asked for at once is carried out in the order it was asked for. */
  private readonly asked: Statement[] = [];
  /** A statement of its transaction failed: until the end of it nothing else is carried out. */
  private aborted = false;

  constructor(db: SimulatedDatabase, owner: Owner | null) {
    this.db = db;
    this.owner = owner;
  }

  query(config: Statement | string, values?: readonly unknown[]): Promise<Result> {
    const statement = toStatement(config, values);
    const { owner } = this;
    this.asked.push(statement);
    const may = (): boolean => this.asked[0] === statement;
    const work = (): Promise<Result> => {
      this.asked.shift();
      return this.answer(statement);
    };
    return this.db.scheduler.perform({ owner, label: nameOf(statement), may, work });
  }

  release(): void {
    this.db.release(this);
  }

  private async answer(statement: Statement): Promise<Result> {
    try {
      return await this.run(statement);
    } catch (error) {
      this.aborted = this.isOpen;
      throw error;
    }
  }

  private async run(statement: Statement): Promise<Result> {
    const { faults } = this.db;
    if (this.broken) throw lost();
    const word = /^(BEGIN|COMMIT|ROLLBACK)\b/.exec(statement.text)?.[1];
    if (word === 'ROLLBACK') return this.end(() => this.db.rollback());
    if (this.aborted) throw new InjectedFault('current transaction is aborted', '25P02');
    if (faults.strikes('connection_lost')) return this.breakOff();
    if (word === 'BEGIN') {
      await this.db.begin();
      this.isOpen = true;
      this.reads = statement.text.includes('READ ONLY');
      return NOTHING;
    }
    if (word === 'COMMIT') return this.commit();
    this.fail('deadlock', 'deadlock detected', '40P01');
    if (inspect(statement).locks.length > 0) this.fail('lock_timeout', 'canceling statement due to lock timeout', '55P03');
    return this.db.execute(statement, this.owner, this.held);
  }

  private async commit(): Promise<Result> {
    const { faults } = this.db;
    // What only read may have set limits for itself, which end with it.
    if (this.reads) return this.end(() => this.db.rollback());
    if (faults.strikes('commit_lost')) return this.breakOff();
    await this.end(() => this.db.commit());
    if (!faults.strikes('commit_unheard')) return NOTHING;
    this.broken = true;
    throw lost();
  }

  private async end(how: () => Promise<void> | void): Promise<Result> {
    if (this.isOpen) await how();
    this.isOpen = false;
    this.aborted = false;
    return NOTHING;
  }

  private async breakOff(): Promise<never> {
    await this.end(() => this.db.rollback());
    this.broken = true;
    throw lost();
  }

  private fail(kind: FaultKind, message: string, code: string): void {
    if (this.db.faults.strikes(kind)) throw new InjectedFault(message, code);
  }
}

const NOTHING = { rows: [], rowCount: null } as unknown as Result;

const lost = (): InjectedFault => new InjectedFault('Connection terminated unexpectedly', 'ECONNRESET');

function toStatement(config: Statement | string, values?: readonly unknown[]): Statement {
  return typeof config === 'string' ? { text: config, ...(values ? { values } : {}) } : config;
}

const nameOf = (statement: Statement): string => statement.name ?? statement.text.trim().slice(0, 40).replaceAll(/\s+/g, ' ');

const known = new Map<string, Known>();

function inspect(statement: Statement): Known {
  let found = known.get(statement.text);
  if (!found) {
    const { text } = statement;
    const addsJobs = /graphile_worker\.(add|reschedule)_jobs/.test(text);
    found = {
      // Everything is prepared, the oracle's long statements too: parsing and planning them would take most of a seed.
      name: statement.name ?? `simulated:${hash(text).toString(36)}:${text.length}`,
      readsTime: addsJobs || /\bnow\(\)/i.test(text),
      ordered: /\bORDER BY\b/i.test(text),
      locks: tablesLocked(text),
      addsJobs,
    };
    known.set(text, found);
  }
  return found;
}

/** Rows that come in no order come in one that does not depend on where they lie. */
function sort(rows: Record<string, unknown>[]): void {
  const key = (row: Record<string, unknown>): string =>
    JSON.stringify(row, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
  const keyed = rows.map((row) => ({ row, key: key(row) })).sort((a, b) => (a.key < b.key ? -1 : 1));
  keyed.forEach(({ row }, index) => {
    rows[index] = row;
  });
}
