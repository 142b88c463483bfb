import { shortId } from '../../server/kernel/ids.ts';

const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** An account's code as people read it: "receivable:01a203…:EUR" with ids as their last six digits. */
export function accountCode(code: string): string {
  return code.replace(UUID, (id) => shortId(id));
}
