import { z } from 'zod';
import { readSnapshot } from '../platform/read-snapshot.ts';
import { listEvidence, readEvidence } from '../views/evidence.ts';
import { integrityHistory, latestIntegrity } from '../views/integrity.ts';
import { readSealStatus } from '../views/seals.ts';
import { procedure, router } from './trpc.ts';

/** What the oracle found. */
export const integrityRouter = router({
  latest: procedure.query(({ ctx }) => latestIntegrity(ctx.pool)),

  history: procedure
    .input(z.object({ limit: z.number().int().min(1).max(200).default(50), before: z.uuid().nullable().default(null) }))
    .query(({ ctx, input }) => integrityHistory(ctx.pool, input)),

  /** How far rows are sealed and verified. */
  seals: procedure.query(({ ctx }) => readSnapshot(ctx.pool, (tx) => readSealStatus(tx, ctx.app.settings.region))),

  /** What this version was seen to do, as deep runs and benches wrote it down. */
  evidence: procedure.query(() => listEvidence()),

  evidencePage: procedure
    .input(z.object({ name: z.string().regex(/^[a-z0-9-]{1,60}$/) }))
    .query(({ input }) => readEvidence(input.name)),
});
