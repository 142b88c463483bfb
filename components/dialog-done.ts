import { type QueryFilters, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useRequestKey } from './request-key.ts';
import { useToast } from './ui/toast.tsx';

/** What becomes of a dialog once its mutation is done. */
interface Done<R> {
  /** The queries that it changed. */
  readonly touches: QueryFilters;
  readonly said: (result: R) => string;
  /** A link beside what is said. */
  readonly link?: (result: R) => { readonly href: string; readonly label: string } | null;
  /** Where to go then; the dialog closes where that is nowhere. */
  readonly goTo?: (result: R) => string;
  readonly onClose: () => void;
}

/** What every dialog's mutation shares: its key, what is said when it is done, and what is read again. */
export function useDialogDone<R>({ touches, said, link, goTo, onClose }: Done<R>) {
  const toast = useToast();
  const router = useRouter();
  const queryClient = useQueryClient();
  const request = useRequestKey();
  return {
    request,
    options: {
      onSuccess: (result: R) => {
        const beside = link?.(result);
        toast.success({ message: said(result), ...(beside ? { link: beside } : {}) });
        if (goTo) router.push(goTo(result));
        else onClose();
      },
      onError: request.failed,
      onSettled: () => queryClient.invalidateQueries(touches),
    },
  };
}
