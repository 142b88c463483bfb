/** English, the reference. One file per noun in en/; a new noun is one import and one line here, and the same in de.ts. */
import { audit } from './en/audit.ts';
import { errors } from './en/errors.ts';
import { integrity } from './en/integrity.ts';
import { jobs } from './en/jobs.ts';
import { nav } from './en/nav.ts';
import { orders } from './en/orders.ts';
import { people } from './en/people.ts';
import { search } from './en/search.ts';
import { status } from './en/status.ts';
import { ui } from './en/ui.ts';

export const en = {
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
