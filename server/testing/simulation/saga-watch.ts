import { columnsOf } from './columns.ts';
import type { Statement } from './database.ts';
import type { Owner } from './scheduler.ts';

interface Position {
  readonly version: bigint;
  readonly wakeAt: number;
  /** Who has a call on its way, whose answer may come at any time. */
  readonly callOf: string | null;
}

/** Where the columns are that matter here, by what writes them (platform/saga-rows.ts). */
const COLUMNS = {
  'ins:sagas:': { id: 0, state: 9, wakeAt: 11, version: 15 },
  'upd:sagas:': { id: 0, state: 5, wakeAt: 7, version: 9 },
} as const;

/**
 * Watches the positions of sagas as they are written: none goes back, and a worker moves a saga when its time has come or when the
 * answer to its own call is there, never otherwise. While a call is on its way its lease is that time (docs/decisions/004-call-lease.md).
 */
export class SagaWatch {
  private readonly positions = new Map<string, Position>();

  /** What is wrong with writing these rows, if anything; remembers them as they are now. */
  written(statement: Statement, owner: Owner | null, now: number): string | null {
    const writes = Object.entries(COLUMNS).find(([prefix]) => statement.name?.startsWith(prefix));
    if (!writes) return null;
    const [, at] = writes;
    const columns = columnsOf(statement);
    const textOf = (index: number, row: number): string => columns[index]?.[row] ?? '';
    const who = owner?.name ?? 'nobody';
    let wrong: string | null = null;
    columns[at.id]?.forEach((_, row) => {
      const id = textOf(at.id, row);
      const before = this.positions.get(id);
      const version = BigInt(textOf(at.version, row));
      const calling = (JSON.parse(textOf(at.state, row)) as { calling?: true }).calling === true;
      if (before) wrong ??= this.judge(id, before, version, who, now);
      // Written without moving: something else of it changed meanwhile, and the call is still whose it was.
      const callOf = !calling ? null : before?.version === version ? before.callOf : who;
      this.positions.set(id, { version, wakeAt: Date.parse(textOf(at.wakeAt, row)), callOf });
    });
    return wrong;
  }

  private judge(id: string, before: Position, version: bigint, who: string, now: number): string | null {
    if (version < before.version) return `saga ${id} went back from version ${before.version} to ${version}`;
    if (version === before.version || !who.startsWith('worker') || before.wakeAt <= now || before.callOf === who) return null;
    const reason = before.callOf ? `a call of ${before.callOf} was on its way` : 'it was to wait';
    return `${who} moved saga ${id} from version ${before.version} while ${reason}`;
  }

  /** A copy to go back to if what is written from here on is rolled back. */
  snapshot(): ReadonlyMap<string, Position> {
    return new Map(this.positions);
  }

  restore(snapshot: ReadonlyMap<string, Position>): void {
    this.positions.clear();
    for (const [id, position] of snapshot) this.positions.set(id, position);
  }
}
