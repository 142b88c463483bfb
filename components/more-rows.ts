'use client';
import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { shownError } from './trpc.tsx';

interface Page<Row> {
  readonly items: Row[];
  readonly next: string | null;
}

/** A list inside a page that grows on demand: the rows read so far, and how to read more. `read` is given the cursor to start after. */
export function useMoreRows<Row>(queryKey: QueryKey, read: (after: string | undefined) => Promise<Page<Row>>) {
  const list = useInfiniteQuery({
    queryKey: [...queryKey, 'more'],
    queryFn: ({ pageParam }) => read(pageParam),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });
  return {
    rows: list.data?.pages.flatMap((page) => page.items),
    error: shownError(list.error),
    onRetry: () => void list.refetch(),
    more: list.hasNextPage ? () => void list.fetchNextPage() : undefined,
    busy: list.isFetchingNextPage,
  };
}
