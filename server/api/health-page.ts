import { readHealth } from '../views/health.ts';
import { procedure, router } from './trpc.ts';

/** How the installation is doing, for the page; /health/ready and /metrics are for machines (health.ts). */
export const healthRouter = router({
  read: procedure.query(({ ctx }) => readHealth(ctx.pool)),
});
