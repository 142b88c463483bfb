import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of /proc per second (sysconf(_SC_CLK_TCK) is 100 on Linux, for every architecture it runs Node on). */
const TICKS_PER_SECOND = 100;

/** Processor seconds of a process and of all below it, those that ended included; 0 where there is no /proc. */
export function processorSeconds(pid: number): number {
  const children = new Map<number, number[]>();
  const own = new Map<number, number>();
  try {
    for (const entry of readdirSync('/proc')) {
      if (!/^\d+$/.test(entry)) continue;
      const stat = readStat(Number(entry));
      if (!stat) continue;
      own.set(stat.pid, stat.ticks);
      children.set(stat.parent, [...(children.get(stat.parent) ?? []), stat.pid]);
    }
  } catch {
    return 0;
  }
  const sum = (at: number): number =>
    (own.get(at) ?? 0) + (children.get(at) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(pid) / TICKS_PER_SECOND;
}

function readStat(pid: number): { pid: number; parent: number; ticks: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, which may hold spaces, stands in brackets; proc(5) counts the fields behind it from 3.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    const ticks = [11, 12, 13, 14].reduce((total, at) => total + Number(fields[at]), 0);
    return { pid, parent: Number(fields[1]), ticks };
  } catch {
    return null; // it ended meanwhile
  }
}
