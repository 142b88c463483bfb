import { z } from 'zod';

/** Pieces that the inputs of several domains share. */

/** A minor-unit amount: a JSON integer below 2^53, or a bigint inside the house. */
export const amountMinor = z.union([z.bigint(), z.int()]).transform((value) => BigInt(value));

/** The version a record had when it was read: whoever changes it names the state they saw. */
export const seenVersion = z.union([z.bigint(), z.int()]).transform((value) => BigInt(value));

/** `quantity` units of a line. */
export const unitSelection = z.array(z.object({ lineId: z.uuid(), quantity: z.int().min(1).max(1_000_000) })).max(1_000);

/** Text that says something, with the blanks around it gone. */
export const text = (max: number) => z.string().trim().min(1).max(max);
