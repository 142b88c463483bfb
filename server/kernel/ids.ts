import { V7Generator } from 'uuidv7';

/** Random numbers are asked for by the thousand: an order has a dozen ids. */
const random = new Uint32Array(1_024);
let used = random.length;

const generator = new V7Generator({
  nextUint32() {
    if (used === random.length) {
      globalThis.crypto.getRandomValues(random);
      used = 0;
    }
    return random[used++] as number;
  },
});

/** A new UUIDv7 (RFC 9562): sortable by time within this process, unique everywhere. */
export function newId(): string {
  return generator.generate().toString();
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether a text is a UUID in lower case. */
export function isId(text: string): boolean {
  return UUID.test(text);
}

/** What people see of a UUID: its last six digits. */
export function shortId(id: string): string {
  return id.slice(-6);
}
