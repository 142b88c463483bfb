import { createHash } from 'node:crypto';
import { createReadStream, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { Refusal } from '../run.ts';

/** Changes when an older program could not read what a newer one wrote. */
export const FORMAT = 1;
const MANIFEST = 'manifest.json';

const file = z.object({ file: z.string().regex(/^[\w.-]+$/), bytes: z.int(), sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const manifest = z.object({
  format: z.literal(FORMAT),
  /** When the copied state was: everything that had committed before is in, nothing that did later. */
  takenAt: z.string(),
  /** Of the server it was taken from. */
  postgres: z.string(),
  /** The migrations of the database, in order. */
  migrations: z.array(z.string()).min(1),
  /** Whether it is the demo. */
  demo: z.boolean(),
  /** Tells whether an environment has the data key that opens what is encrypted in here; it tells nothing about the key. */
  dataKey: z.string().nullable(),
  /** In an order in which every row's references are there before it. */
  tables: z.array(file.extend({ schema: z.string(), name: z.string(), columns: z.array(z.string()).min(1), rows: z.int() })),
  /** How many transactions wrote what is in `transactions.gz`: see transactions.ts. */
  transactions: file.extend({ rows: z.int() }),
  sequences: z.array(z.object({ name: z.string(), value: z.string().regex(/^-?\d+$/), called: z.boolean() })),
  /** Secrets and simulators of a data folder; none where the operator keeps both. */
  others: z.array(file.extend({ path: z.string().regex(/^(secrets\.json|simulators\/[\w.-]+)$/) })),
});

export type Manifest = z.infer<typeof manifest>;
export type BackupFile = z.infer<typeof file>;
export type BackupTable = Manifest['tables'][number];

/** Written last, under its final name at once: a folder without it is no backup. */
export function writeManifest(folder: string, content: Manifest): void {
  writeFileSync(join(folder, `${MANIFEST}.part`), JSON.stringify(content, null, 2), { mode: 0o600 });
  renameSync(join(folder, `${MANIFEST}.part`), join(folder, MANIFEST));
}

/** Reads what a folder holds. Refuses one that holds no finished backup, or one of a newer format. */
export function readManifest(folder: string): Manifest {
  const path = join(folder, MANIFEST);
  if (!existsSync(path)) throw new Refusal(`${folder} holds no finished backup: there is no ${MANIFEST}.`);
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw new Refusal(`${path} is damaged: it is not JSON. Use another backup.`);
  }
  const parsed = manifest.safeParse(content);
  if (parsed.success) return parsed.data;
  const format = z.object({ format: z.int() }).safeParse(content).data?.format ?? 0;
  if (format > FORMAT) throw new Refusal(`${folder} was written by a newer version of Waybill: restore it with that one.`);
  throw new Refusal(`${path} is damaged (${parsed.error.issues[0]?.path.join('.')}). Use another backup.`);
}

/** Every file of a backup, in the order it was written. */
export function filesOf({ tables, transactions, others }: Manifest): readonly BackupFile[] {
  return [...tables, transactions, ...others];
}

/** Reads every file once and refuses the backup if one is missing or is not what was written. */
export async function verifyFiles(folder: string, content: Manifest): Promise<void> {
  for (const { file: name, sha256 } of filesOf(content)) {
    const path = join(folder, name);
    if (!existsSync(path)) throw new Refusal(`${path} is missing. Use another backup.`);
    const hash = createHash('sha256');
    await pipeline(createReadStream(path), hash);
    if (hash.digest('hex') !== sha256) throw new Refusal(`${path} is damaged: its checksum is another. Use another backup.`);
  }
}
