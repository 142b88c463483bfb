import { authRouter } from './auth.ts';
import { peopleRouter } from './people.ts';
import { PERMISSIONS, type PermissionRow } from './permissions.ts';
import { createCallerFactory, router } from './trpc.ts';

/** Every procedure there is: one router per noun. */
export const appRouter = router({
  auth: authRouter,
  people: peopleRouter,
});

export type AppRouter = typeof appRouter;

/** Calls procedures without HTTP: for tests and for server-side rendering. */
export const createCaller = createCallerFactory(appRouter);

type PathsOf<R> = {
  [K in keyof R & string]: R[K] extends { readonly _def: { readonly procedure: true } } ? K : `${K}.${PathsOf<R[K]>}`;
}[keyof R & string];

/** "orders.list" and so on. */
export type ProcedurePath = PathsOf<AppRouter['_def']['record']>;

// A procedure without a row does not compile; a row without a procedure fails permissions.test.ts.
PERMISSIONS satisfies Record<ProcedurePath, PermissionRow>;
