import { z } from 'zod';

/** Orders that one person fetches in one round; a longer list is split among people. */
export const MAX_PICKED_ORDERS = 100;

const orderIds = z.array(z.uuid()).min(1).max(MAX_PICKED_ORDERS);

export const startPickingInput = z.object({ nodeId: z.uuid(), orderIds });
export type StartPickingInput = z.infer<typeof startPickingInput>;

/** packed: the goods are in their parcels. released: they go back on the shelf, and anybody may pick them again. */
export const finishPickingInput = z.object({ nodeId: z.uuid(), orderIds, outcome: z.enum(['packed', 'released']) });
export type FinishPickingInput = z.infer<typeof finishPickingInput>;
