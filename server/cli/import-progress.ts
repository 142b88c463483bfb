import type { Progress } from '../flows/import/online-retail.ts';

interface LaneSum {
  batches: number;
  items: number;
  runMs: number;
  waitMs: number;
}

const WIDTH = 32;
/** A terminal is redrawn this often; a file gets a line this often. */
const REDRAW_MS = 120;
const LOG_MS = 5_000;

/** Shows how far an import is, on one line that is redrawn, or as lines where the output is no terminal. */
export function createProgressBar(out: NodeJS.WriteStream) {
  const sums = new Map<string, LaneSum>();
  const startedAt = performance.now();
  let drawnAt = 0;
  let last: Progress | null = null;
  const draw = (): void => {
    if (!last) return;
    const { phase, done, of } = last;
    const share = of === 0 ? 1 : done / of;
    const filled = Math.round(share * WIDTH);
    const seconds = (performance.now() - startedAt) / 1_000;
    const line = `${'█'.repeat(filled)}${'░'.repeat(WIDTH - filled)} ${String(Math.floor(share * 100)).padStart(3)} %  ${done} of ${of} lines  ${phase}  ${seconds.toFixed(0)} s`;
    out.write(out.isTTY ? `\r\x1b[2K${line}` : `${line}\n`);
  };
  return {
    progress(progress: Progress): void {
      last = progress;
      const now = performance.now();
      if (now - drawnAt < (out.isTTY ? REDRAW_MS : LOG_MS)) return;
      drawnAt = now;
      draw();
    },
    end(): void {
      draw();
      if (last && out.isTTY) out.write('\n');
      last = null;
    },
    /** Counts what each lane does. */
    lane(name: string, figures: { size: number; waitMs: number; runMs: number }): void {
      const sum = sums.get(name) ?? { batches: 0, items: 0, runMs: 0, waitMs: 0 };
      sum.batches += 1;
      sum.items += figures.size;
      sum.runMs += figures.runMs;
      sum.waitMs += figures.waitMs;
      sums.set(name, sum);
    },
    /** The lanes as a table: batches, their size, and the time they took. */
    lanes(): string {
      return [...sums]
        .map(
          ([name, s]) =>
            `${name.padEnd(18)} ${s.batches} batches of ${(s.items / s.batches).toFixed(1)}, ${(s.runMs / 1_000).toFixed(1)} s, ${(s.runMs / s.batches).toFixed(0)} ms each`,
        )
        .join('\n');
    },
  };
}
