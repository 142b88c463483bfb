import { z } from 'zod';

/** What decides tax and delivery of an address: nothing that names a person. */
export const destination = z.object({
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/, 'Use the two-letter country code, such as DE'),
  region: z.string().trim().min(1).max(100).optional(),
  postalCode: z.string().trim().min(1).max(20).optional(),
});
export type Destination = z.infer<typeof destination>;
