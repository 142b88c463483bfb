import { useMessages } from '../ui/locale.tsx';

/** What the merchant calls a program by: the third part of its account's code. Null for every other account. */
export function ownCode(code: string): string | null {
  const [kind, , own] = code.split(':');
  return kind === 'program' && own ? own : null;
}

const PROGRAM = 'program.';

/** What people read of accounts and transfers. A merchant’s programs bring words of their own. */
export function useLedgerWords(): {
  /** By the account's code: its kind, which the code begins with, and what a merchant calls its program. */
  account(code: string): string;
  transfer(kind: string): string;
} {
  const { word } = useMessages();
  return {
    account(code) {
      const kind = code.split(':', 1)[0] ?? code;
      return [word('ledger.accountKinds', kind), ownCode(code)].filter(Boolean).join(' · ');
    },
    transfer(kind) {
      if (!kind.startsWith(PROGRAM)) return word('ledger.transferKinds', kind);
      const said = kind.slice(PROGRAM.length).replaceAll('_', ' ');
      return said.charAt(0).toUpperCase() + said.slice(1);
    },
  };
}
