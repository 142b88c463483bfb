'use client';
import { parseAsArrayOf, parseAsString, useQueryStates } from 'nuqs';
import { useMemo, useRef } from 'react';

export interface ListUrl<F extends string> {
  readonly q: string;
  /** 'placed_at' ascending, '-placed_at' descending. */
  readonly sort: string;
  /** Keyset cursor; null on the first page. */
  readonly after: string | null;
  /** The chosen values of each filter; empty means no filter. */
  readonly filters: Readonly<Record<F, string[]>>;
  readonly isFiltered: boolean;
  readonly setQ: (q: string) => void;
  readonly setSort: (sort: string) => void;
  readonly setFilter: (name: F, values: string[]) => void;
  /** Replaces all filters at once: a view tab. */
  readonly setFilters: (filters: Partial<Record<F, string[]>>) => void;
  readonly clear: () => void;
  readonly next: (cursor: string) => void;
  /** Undefined where the previous page is not known (a shared link): then there is `first`. */
  readonly previous: (() => void) | undefined;
  readonly first: (() => void) | undefined;
}

/**
 * A list's state in the address, so that every state has a link and Back works. `filters` names the query parameters; pass a
 * constant. Anything that changes what is listed starts at the first page again.
 */
export function useListUrl<F extends string>(options: { filters: readonly F[]; defaultSort: string }): ListUrl<F> {
  const names = options.filters.join(',');
  const parsers = useMemo(() => {
    const lists =
      names === '' ? [] : names.split(',').map((name) => [name, parseAsArrayOf(parseAsString).withDefault([])] as const);
    return Object.fromEntries(lists);
  }, [names]);
  const [lists, setLists] = useQueryStates(parsers, { history: 'push' });
  const [page, setPage] = useQueryStates(
    { q: parseAsString.withDefault(''), sort: parseAsString.withDefault(options.defaultSort), after: parseAsString },
    { history: 'push' },
  );
  // The cursors behind us. A keyset list cannot be read backwards by its cursor alone, and Back must keep working too.
  const trail = useRef<{ from: string | null; to: string }[]>([]);
  const came = page.after === null ? undefined : trail.current.findLast((step) => step.to === page.after);
  const filters = Object.fromEntries(options.filters.map((name) => [name, lists[name] ?? []])) as Record<F, string[]>;
  const restart = { after: null };
  const emptied = () => Object.fromEntries(options.filters.map((name) => [name, null]));
  return {
    ...page,
    filters,
    isFiltered: page.q !== '' || options.filters.some((name) => filters[name].length > 0),
    setQ: (q) => void setPage({ q: q || null, ...restart }, { history: 'replace' }),
    setSort: (sort) => void setPage({ sort, ...restart }),
    setFilter: (name, values) => {
      void setLists({ [name]: values.length > 0 ? values : null });
      void setPage(restart);
    },
    setFilters: (next) => {
      void setLists({ ...emptied(), ...next });
      void setPage(restart);
    },
    clear: () => {
      void setLists(emptied());
      void setPage({ q: null, ...restart });
    },
    next: (cursor) => {
      trail.current.push({ from: page.after, to: cursor });
      void setPage({ after: cursor });
    },
    previous: came ? () => void setPage({ after: came.from }) : undefined,
    first: page.after === null ? undefined : () => void setPage(restart),
  };
}
