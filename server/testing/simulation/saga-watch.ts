import type { Statement } from './database.ts';
import type { Owner } from './scheduler.ts';

interface Position {
  readonly version: bigint;
  /** Who has a call on its way, and until when nobody else may act (docs/decisions/004-call-lease.md). */
  readonly calling: { readonly by: string; readonly until: number } | null;
}

/**
 * Watches the positions of sagas as they are written: none is ever written twice or goes back, and nobody moves a saga whose call is on
 * its way but the process that called, until the lease is over.
 */
export class SagaWatch {
  private readonly positions = new Map<string, Position>();

  /** What is wrong with writing these rows, if anything; remembers them as they are now. */
  written(statement: Statement, owner: Owner | null, now: number): string | null {
    const name = statement.name ?? '';
    if (!name.startsWith('upd:sagas:')) return null;
    const columns = statement.values as readonly (readonly unknown[])[];
    const [ids, states, wakeAts, versions] = [0, 5, 7, 9].map((index) => columns[index] ?? []);
    let wrong: string | null = null;
    (ids as string[]).forEach((id, row) => {
      const before = this.positions.get(id);
      const version = versions?.[row] as bigint;
      const calling = (JSON.parse(String(states?.[row])) as { calling?: true }).calling === true;
      if (before && version < before.version) wrong ??= `saga ${id} went back from version ${before.version} to ${version}`;
      const { by, until } = before?.calling ?? { by: '', until: 0 };
      if (before?.calling && version > before.version && by !== owner?.name && now < until)
        wrong ??= `${owner?.name} moved saga ${id} while a call of ${by} was on its way`;
      const lease = { by: owner?.name ?? '', until: (wakeAts?.[row] as Date).getTime() };
      const kept = before?.calling && before.version === version && by !== owner?.name;
      this.positions.set(id, { version, calling: kept ? before.calling : calling ? lease : null });
    });
    return wrong;
  }

  /** A copy to go back to if what was written is rolled back. */
  snapshot(): ReadonlyMap<string, Position> {
    return new Map(this.positions);
  }

  restore(snapshot: ReadonlyMap<string, Position>): void {
    this.positions.clear();
    for (const [id, position] of snapshot) this.positions.set(id, position);
  }
}
