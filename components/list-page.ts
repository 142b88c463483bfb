'use client';
import type { UseQueryResult } from '@tanstack/react-query';
import { shownError } from './trpc.tsx';
import type { ListUrl } from './ui/list-url.ts';

/** A page of rows as every list procedure answers it. */
interface Page<Row> {
  readonly items: Row[];
  readonly next: string | null;
}

/** What every list page hands to <DataList> from its query and its address. A view tab is where one is, not a filter one set. */
export function listProps<Row, F extends string>(query: UseQueryResult<Page<Row>, unknown>, url: ListUrl<F>) {
  const names = Object.keys(url.filters) as F[];
  return {
    rows: query.data?.items,
    error: shownError(query.error),
    onRetry: () => void query.refetch(),
    isFiltered: url.q !== '' || names.some((name) => name !== 'view' && url.filters[name].length > 0),
    onClear: url.clear,
    pager: { nextCursor: query.data?.next ?? null, next: url.next, previous: url.previous, first: url.first },
  };
}

/** The value as one of those known, or undefined: addresses can be typed. */
export function oneOf<T extends string>(known: readonly T[], value: string | undefined): T | undefined {
  return known.find((one) => one === value);
}

/** Those values that are known, or undefined where none is: then there is no filter. */
export function someOf<T extends string>(known: readonly T[], values: readonly string[]): T[] | undefined {
  const found = known.filter((one) => values.includes(one));
  return found.length > 0 ? found : undefined;
}
