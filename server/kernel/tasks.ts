import { z } from 'zod';

/** Every background task: its name and what it is given. Handlers are jobs/tasks/<name>.ts. */
export const TASKS = {
  'advance-saga': z.object({ sagaId: z.string() }),
  /** Many at once: what one batch begins is one job per few sagas, not per saga. */
  'advance-sagas': z.object({ sagaIds: z.array(z.string()) }),
  'deliver-event': z.object({ eventIds: z.array(z.string()) }),
  'process-webhook': z.object({ webhookId: z.string() }),
  'process-webhooks': z.object({ webhookIds: z.array(z.string()) }),
  'sweep-sagas': z.object({}),
  'sweep-deliveries': z.object({}),
  'sweep-webhooks': z.object({}),
  'send-notices': z.object({}),
  'sweep-notices': z.object({}),
  'expire-approvals': z.object({}),
  'advance-rail': z.object({ kind: z.enum(['top_up', 'payout']), id: z.string() }),
  'sweep-rails': z.object({}),
  'advance-manifest': z.object({ manifestId: z.string() }),
  'sweep-manifests': z.object({}),
  'read-report': z.object({ runId: z.string() }),
  'sweep-reports': z.object({ daily: z.boolean().optional() }),
  'simulate-routing': z.object({ simulationId: z.string() }),
  'expire-gift-cards': z.object({}),
  'sweep-returns': z.object({}),
  'sweep-disputes': z.object({ reports: z.boolean().optional() }),
  'sweep-pickups': z.object({}),
  'expire-lots': z.object({}),
  'sweep-low-stock': z.object({}),
  'send-stock-digests': z.object({}),
  'sweep-checkouts': z.object({}),
  'sweep-reservations': z.object({}),
  'mark-accounts': z.object({}),
  'sweep-money-requests': z.object({}),
  'sweep-holds': z.object({}),
  'sweep-backorders': z.object({}),
  'sweep-channels': z.object({}),
  'sweep-channel-reports': z.object({}),
  'check-integrity': z.object({ full: z.boolean().optional() }),
  'seal-rows': z.object({}),
  'purge-expired': z.object({}),
} as const;

export type TaskName = keyof typeof TASKS;
export type TaskPayload<T extends TaskName> = z.infer<(typeof TASKS)[T]>;
