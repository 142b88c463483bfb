import { readdirSync, readFileSync } from 'node:fs';

/** What a program and the database server it uses took of the machine, read from Linux's /proc. */
export interface Taken {
  readonly programMb: number;
  readonly programCpuSeconds: number;
  /** Of its largest process; each counts the shared memory it touched as its own. */
  readonly postgresMb: number;
  /** Of all its processes, those that have ended included. */
  readonly postgresCpuSeconds: number;
}

export interface ProcessWatch {
  /** Ends the watch. */
  end(): Taken;
}

const LOOK_EVERY_MS = 250;
/** Clock ticks of /proc/<pid>/stat, USER_HZ: 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** Watches a process and a postmaster's family, from what they have taken so far. Undefined where there is no /proc. */
export function watchProcesses(program: number, postmaster: number): ProcessWatch | undefined {
  if (!statOf(program)) return undefined;
  const before = postgresTicks(postmaster);
  let programMb = 0;
  let programTicks = 0;
  let postgresMb = 0;
  let postgres = before;
  const look = (): void => {
    programMb = Math.max(programMb, peakMb(program));
    programTicks = Math.max(programTicks, ownTicks(program));
    for (const pid of familyOf(postmaster)) postgresMb = Math.max(postgresMb, peakMb(pid));
    postgres = Math.max(postgres, postgresTicks(postmaster));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return {
    end() {
      clearInterval(timer);
      look();
      return {
        programMb,
        programCpuSeconds: programTicks / TICKS_PER_SECOND,
        postgresMb,
        postgresCpuSeconds: (postgres - before) / TICKS_PER_SECOND,
      };
    },
  };
}

/** The fields of /proc/<pid>/stat behind the name, which may hold spaces: state, ppid, … (proc(5) counts them from 3). */
function statOf(pid: number): string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

const field = (stat: readonly string[] | undefined, number: number): number => Number(stat?.[number - 3] ?? 0);

/** utime + stime. */
const ownTicks = (pid: number): number => field(statOf(pid), 14) + field(statOf(pid), 15);

function familyOf(postmaster: number): number[] {
  const children = readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && field(statOf(pid), 4) === postmaster);
  return [postmaster, ...children];
}

function postgresTicks(postmaster: number): number {
  const stat = statOf(postmaster);
  const ended = field(stat, 16) + field(stat, 17); // cutime + cstime: children that were waited for
  return familyOf(postmaster).reduce((sum, pid) => sum + ownTicks(pid), ended);
}

/** The largest resident set so far. */
function peakMb(pid: number): number {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return Math.round(Number(found?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}
