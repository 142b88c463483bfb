import { z } from 'zod';
import { PAGE_SIZE_MAX } from '../views/pages.ts';

/** What every list takes: the cursor that the page before ended with, and how many rows. */
export const pageInput = z.object({
  after: z.string().max(400).optional(),
  limit: z.number().int().min(1).max(PAGE_SIZE_MAX).optional(),
});

/** A name of the IANA time-zone database that this runtime knows. */
export const timeZone = z.string().refine((zone) => {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: zone }));
  } catch {
    return false;
  }
}, 'must be a time zone such as Europe/Berlin');
