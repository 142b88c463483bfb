import { z } from 'zod';
import { PAGE_SIZE_MAX } from '../views/pages.ts';

/** What every list takes: the cursor that the page before ended with, and how many rows. */
export const pageInput = z.object({
  after: z.string().max(400).optional(),
  limit: z.number().int().min(1).max(PAGE_SIZE_MAX).optional(),
});
