/** German. What is missing here is shown in English, and listed by the catalogue test. */
import { audit } from './de/audit.ts';
import { errors } from './de/errors.ts';
import { integrity } from './de/integrity.ts';
import { jobs } from './de/jobs.ts';
import { nav } from './de/nav.ts';
import { orders } from './de/orders.ts';
import { people } from './de/people.ts';
import { search } from './de/search.ts';
import { status } from './de/status.ts';
import { ui } from './de/ui.ts';

export const de = {
  audit,
  errors,
  integrity,
  jobs,
  nav,
  orders,
  people,
  search,
  status,
  ui,
} as const;
