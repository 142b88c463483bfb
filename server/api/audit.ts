import { z } from 'zod';
import { auditWords, listAudit } from '../views/audit.ts';
import { procedure, router } from './trpc.ts';

const word = z.string().min(1).max(200).optional();

/** Who changed what. */
export const auditRouter = router({
  list: procedure
    .input(
      z.object({
        actor: word,
        entity: word,
        entityId: word,
        action: word,
        traceId: word,
        after: z.string().max(500).optional(),
        limit: z.number().int().min(1).max(200).optional(),
      }),
    )
    .query(({ ctx, input }) => listAudit(ctx.pool, ctx.scope, input)),

  words: procedure.query(({ ctx }) => auditWords(ctx.pool)),
});
