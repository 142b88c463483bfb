import type pg from 'pg';
import type { Sku } from '../../domains/catalog/rules.ts';
import { addSkus } from '../../domains/catalog/service.ts';
import { addNodes } from '../../domains/fulfilment/service.ts';
import { lockPeople, type PeopleState, type PeopleWants, writePeople } from '../../domains/people/service.ts';
import type { Ctx } from '../../kernel/context.ts';
import { type Audited, type NewAudit, writeAudits } from '../../platform/audit.ts';
import { hashSecret } from '../../platform/auth/secrets.ts';
import { markSecondFactor, revokeSessions } from '../../platform/auth/sessions.ts';
import type { Tx } from '../../platform/db.ts';
import { type Call, createVerb, type Locked, type Request, type VerbDeps } from '../../platform/verb.ts';

export interface PeopleDeps extends VerbDeps {
  readonly pool: pg.Pool;
  /** WAYBILL_DATA_KEY. */
  readonly dataKey: string;
}

/** Locked people, and what else the transaction will write. */
export interface PeopleWorld extends Locked {
  readonly people: PeopleState;
  readonly audits: Audited[];
  readonly endedSessions: { userId: string; only?: string; keep?: string | null }[];
  readonly provenSessions: string[];
  readonly nodes: Parameters<typeof addNodes>[1][number][];
  readonly skus: Sku[];
}

export interface PeopleVerb<I, R> {
  readonly name: string;
  readonly wants: (input: I) => PeopleWants;
  readonly decide: (world: PeopleWorld, request: Request<I>) => R;
}

/** A verb about people: locks what its requests want, decides, writes people, sessions and audit rows in one transaction. */
export function peopleVerb<I, R>(deps: PeopleDeps, verb: PeopleVerb<I, R>): Call<I, R> {
  return createVerb<I, PeopleWorld & { now: Date }, R>(deps, {
    name: verb.name,
    lock: async (tx, requests) => ({
      applied: 0,
      people: await lockPeople(tx, together(requests.map((request) => verb.wants(request.input)))),
      audits: [],
      endedSessions: [],
      provenSessions: [],
      nodes: [],
      skus: [],
      now: new Date(Math.max(...requests.map((request) => request.ctx.now.getTime()))),
    }),
    decide: verb.decide,
    write: writeWorld,
  }).call;
}

async function writeWorld(tx: Tx, world: PeopleWorld & { now: Date }): Promise<void> {
  await writePeople(tx, world.people, world.now);
  await addNodes(tx, world.nodes, world.now);
  await addSkus(tx, world.skus, world.now);
  for (const ended of world.endedSessions) await revokeSessions(tx, ended, world.now);
  for (const sessionId of world.provenSessions) await markSecondFactor(tx, sessionId, world.now);
  await writeAudits(tx, world.audits);
}

/** Notes a change that was applied, for the audit log. Everything about people passes through here. */
export function audit(world: PeopleWorld, ctx: Ctx, entry: NewAudit): void {
  world.applied++;
  world.audits.push({ ctx, entry });
}

/** How a link's token is looked up. */
export function tokenHash(token: string): string {
  return hashSecret(token).toString('hex');
}

function together(all: readonly PeopleWants[]): PeopleWants {
  return {
    userIds: all.flatMap((wants) => wants.userIds ?? []),
    emails: all.flatMap((wants) => wants.emails ?? []),
    tokenHashes: all.flatMap((wants) => wants.tokenHashes ?? []),
    tokenIds: all.flatMap((wants) => wants.tokenIds ?? []),
    apiKeyIds: all.flatMap((wants) => wants.apiKeyIds ?? []),
    merchantIds: all.flatMap((wants) => wants.merchantIds ?? []),
    slugs: all.flatMap((wants) => wants.slugs ?? []),
    admins: all.some((wants) => wants.admins),
  };
}
