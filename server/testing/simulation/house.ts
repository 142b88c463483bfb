import type pg from 'pg';
import { createFlows, type Flows } from '../../flows/flows.ts';
import type { Outside } from '../../flows/outside.ts';
import type { SimulatedCarrier } from './carrier.ts';
import type { SimulatedDatabase } from './database.ts';
import { withProviderBugs } from './planted-bugs.ts';
import type { SimulatedPsp } from './psp.ts';
import type { Random } from './random.ts';
import type { Owner, Scheduler } from './scheduler.ts';

export const HOME = 'EU';

export interface Process extends Owner {
  readonly pool: pg.Pool;
  readonly flows: Flows;
  /** Rejects when it dies: whoever waits for an answer hears that the connection is gone. */
  readonly died: Promise<never>;
}

/** The client's side of a process that is not there any more. */
export class ProcessDied extends Error {}

const RESTART_MS = { from: 500, to: 5_000 };

/** The processes of a house: each has lanes and flows of its own on the one database, can die at any moment and is started again. */
export class House {
  readonly scheduler: Scheduler;
  readonly db: SimulatedDatabase;
  readonly psp: SimulatedPsp;
  readonly carrier: SimulatedCarrier;
  /** Told of each worker that starts, and of each process that died. */
  workerStarted: (worker: Process) => void = () => {};
  workerDied: (name: string) => void = () => {};
  private readonly random: Random;
  private readonly apis: Process[] = [];

  constructor(options: {
    scheduler: Scheduler;
    db: SimulatedDatabase;
    psp: SimulatedPsp;
    carrier: SimulatedCarrier;
    random: Random;
  }) {
    this.scheduler = options.scheduler;
    this.db = options.db;
    this.psp = options.psp;
    this.carrier = options.carrier;
    this.random = options.random;
  }

  open(): void {
    for (const name of ['api-1', 'api-2']) this.startApi(name, 1);
    for (const name of ['worker-1', 'worker-2']) this.startWorker(name, 1);
  }

  /** A process that takes requests, as a load balancer picks one. */
  pickApi(random: Random): Process {
    return random.pick(this.apis.filter((api) => api.alive));
  }

  private startApi(name: string, life: number): void {
    const api = this.start(`${name}.${life}`, () => {
      this.scheduler.time.after(this.restartMs(), `${name} starts again`, () => this.startApi(name, life + 1));
    });
    this.apis.push(api);
  }

  private startWorker(name: string, life: number): void {
    const worker = this.start(`${name}.${life}`, () => {
      this.workerDied(`${name}.${life}`);
      this.scheduler.time.after(this.restartMs(), `${name} starts again`, () => this.startWorker(name, life + 1));
    });
    this.workerStarted(worker);
  }

  private start(name: string, buried: () => void): Process {
    let die: (error: Error) => void = () => {};
    const died = new Promise<never>((_resolve, reject) => {
      die = reject;
    });
    died.catch(() => {});
    const { db, psp, carrier, scheduler } = this;
    const owner: Owner = {
      name,
      alive: true,
      pausedUntil: 0,
      mayPause: () => !db.isHeldBy(owner),
      async buried() {
        await db.abandon(owner);
        die(new ProcessDied(name));
        buried();
      },
    };
    const pool = db.poolOf(owner);
    const outside: Outside = {
      payments: new Map([['card', withProviderBugs(psp.for(owner))]]),
      carriers: new Map([['parcel', carrier.for(owner)]]),
    };
    const flows = createFlows({ pool, home: HOME, outside, clock: () => new Date(scheduler.time.now) });
    return Object.assign(owner, { pool, flows, died });
  }

  private restartMs(): number {
    return this.random.between(RESTART_MS.from, RESTART_MS.to);
  }
}
