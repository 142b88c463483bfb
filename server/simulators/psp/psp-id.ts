import { randomBytes } from 'node:crypto';

/** Ids are drawn from a store of random bytes: asking the system for twelve of them costs more than all else of an id. */
const ID_BYTES = 12;
let store = Buffer.alloc(0);
let drawn = 0;

export function newPspId(prefix: string): string {
  if (drawn + ID_BYTES > store.length) {
    store = randomBytes(ID_BYTES * 512);
    drawn = 0;
  }
  drawn += ID_BYTES;
  return `${prefix}_3${store.toString('hex', drawn - ID_BYTES, drawn)}`;
}
