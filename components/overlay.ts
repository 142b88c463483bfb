'use client';
import { parseAsStringLiteral, useQueryState } from 'nuqs';

/** Which dialog is open over a page, kept in its address as `?do=edit`: it has a link, and Back closes it. */
export function useOverlay<T extends string>(dialogs: readonly T[]) {
  const [open, setOpen] = useQueryState('do', parseAsStringLiteral(dialogs).withOptions({ history: 'push', scroll: false }));
  return { open, show: (dialog: T) => void setOpen(dialog), close: () => void setOpen(null) };
}
