import { uuidv7 } from 'uuidv7';

/** A new UUIDv7 (RFC 9562): sortable by time within this process, unique everywhere. */
export function newId(): string {
  return uuidv7();
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
