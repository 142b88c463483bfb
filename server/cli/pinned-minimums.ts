/**
 * The least version of what holds the doors, and why. npm's advisories are not asked here: this list is what we know, and it counts every
 * copy in the lockfile, also those that something else brings along.
 */
const MINIMUMS: Readonly<Record<string, { readonly least: string; readonly why: string }>> = {
  next: { least: '16.3.3', why: 'CVE-2025-29927, CVE-2025-66478 and what was mended up to there' },
  'next-auth': { least: '4.24.15', why: 'GHSA-5jpx-9hw9-2fx4 (mail to another address) and what was mended up to there' },
  nodemailer: { least: '9.0.1', why: 'GHSA-mm7p-fcc7-pg87 (mail to another domain) and what was mended up to there' },
  '@trpc/server': { least: '11.8.0', why: 'GHSA-43p4-m455-4f4j (prototypes) and CVE-2025-43855 (a socket ends the process)' },
  superjson: { least: '1.8.1', why: 'CVE-2022-23631 (input runs code by way of prototypes)' },
  jose: { least: '4.15.5', why: 'CVE-2024-28176 (a token that inflates without end)' },
  cookie: { least: '0.7.0', why: 'CVE-2024-47764 (names that carry other attributes)' },
  'csv-parse': { least: '4.4.6', why: 'CVE-2019-17592 (a file that takes forever)' },
  postcss: { least: '8.4.31', why: 'CVE-2023-44270 (rules hidden behind carriage returns)' },
};

export interface Lockfile {
  readonly packages: Readonly<Record<string, { readonly version?: string }>>;
}

/** What of a lockfile is older than it may be, one sentence each; and what should be there and is not. */
export function judgeVersions(lockfile: Lockfile): string[] {
  const found = Object.entries(lockfile.packages).flatMap(([path, { version }]) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const rule = path.includes('node_modules/') && Object.hasOwn(MINIMUMS, name) ? MINIMUMS[name] : undefined;
    if (!rule || (version !== undefined && !isOlder(version, rule.least))) return [];
    return [`${path} is ${version ?? 'of no version'}, and must be ${rule.least} or newer: ${rule.why}`];
  });
  const missing = DIRECT.filter((name) => !lockfile.packages[`node_modules/${name}`]);
  return [...found, ...missing.map((name) => `${name} is not in the lockfile, so nobody knows its version.`)];
}

/** What we use ourselves; a lockfile without one of these is not ours. */
const DIRECT = ['next', 'next-auth', 'nodemailer', '@trpc/server', 'superjson', 'csv-parse'] as const;

/** By the numbers (Semantic Versioning 2.0.0 §11); a pre-release comes before its release. */
export function isOlder(version: string, least: string): boolean {
  const read = (text: string) => {
    const [, major, minor, patch, more] = /^(\d+)\.(\d+)\.(\d+)(-.*)?/.exec(text) ?? [];
    return major === undefined ? null : [Number(major), Number(minor), Number(patch), more ? -1 : 0];
  };
  const [a, b] = [read(version), read(least)];
  if (!a || !b) return true;
  const at = a.findIndex((part, index) => part !== b[index]);
  return at >= 0 && (a[at] ?? 0) < (b[at] ?? 0);
}
