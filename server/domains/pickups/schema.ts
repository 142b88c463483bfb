import { z } from 'zod';
import { text } from '../../kernel/inputs.ts';

export const makeReadyInput = z.object({ orderId: z.uuid() });
export type MakeReadyInput = z.infer<typeof makeReadyInput>;

export const handOverInput = z.object({
  orderId: z.uuid(),
  /** What the customer shows: the pick-up code, or the number of the order. */
  shown: text(60),
});
export type HandOverInput = z.infer<typeof handOverInput>;
