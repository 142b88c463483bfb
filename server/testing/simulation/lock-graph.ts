/**
 * Finds deadlocks that did not happen, as lockdep of the Linux kernel does (Documentation/locking/lockdep-design.rst): not two locks but
 * two classes of locks (here tables) are put in order whenever a transaction takes one while it holds another. A circle in that
 * order is a deadlock which only waits for the right moment, whether or not two transactions ever met.
 */
export class LockGraph {
  private readonly after = new Map<string, Map<string, string>>();

  /** A transaction that holds `held` locks rows of `table`. Returns the circle that this closes, told by who took which step. */
  acquire(held: ReadonlySet<string>, table: string, who: string): string | null {
    if (held.has(table)) return null;
    let circle: string | null = null;
    for (const before of held) {
      const edges = this.after.get(before) ?? new Map<string, string>();
      this.after.set(before, edges);
      if (edges.has(table)) continue;
      edges.set(table, who);
      circle ??= this.pathBack(table, before, who);
    }
    return circle;
  }

  private pathBack(from: string, to: string, who: string): string | null {
    const seen = new Set<string>();
    const walk = (table: string, path: readonly string[]): readonly string[] | null => {
      if (table === to) return path;
      if (seen.has(table)) return null;
      seen.add(table);
      for (const [next, by] of this.after.get(table) ?? []) {
        const found = walk(next, [...path, `${table} → ${next} (${by})`]);
        if (found) return found;
      }
      return null;
    };
    const path = walk(from, []);
    return path ? [`${to} → ${from} (${who})`, ...path].join(', ') : null;
  }
}

const cache = new Map<string, readonly string[]>();

/** The tables whose rows a statement locks, or waits for: rows it selects for update, updates or deletes, and keys it may collide with. */
export function tablesLocked(text: string): readonly string[] {
  let tables = cache.get(text);
  if (!tables) {
    tables = parse(text);
    cache.set(text, tables);
  }
  return tables;
}

function parse(text: string): string[] {
  if (/graphile_worker\.(add|reschedule)_jobs/.test(text)) return ['jobs'];
  const found = new Set<string>();
  // A statement that reads other tables beside the one it locks says which one that is.
  if (/\bFOR\s+(NO\s+KEY\s+)?UPDATE\b/i.test(text))
    add(found, (/\bUPDATE\s+OF\s+([\w.]+)/i.exec(text) ?? /\bFROM\s+([\w.]+)/i.exec(text))?.[1]);
  add(found, /^\s*UPDATE\s+([\w.]+)/i.exec(text)?.[1]);
  add(found, /^\s*DELETE\s+FROM\s+([\w.]+)/i.exec(text)?.[1]);
  if (/\bON\s+CONFLICT\b/i.test(text)) add(found, /\bINSERT\s+INTO\s+([\w.]+)/i.exec(text)?.[1]);
  return [...found];
}

function add(found: Set<string>, table: string | undefined): void {
  if (table) found.add(table.startsWith('graphile_worker.') ? 'jobs' : table.toLowerCase());
}
