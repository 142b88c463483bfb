/** German. What is missing here is shown in English, and listed by the catalogue test. */
import { errors } from './de/errors.ts';
import { nav } from './de/nav.ts';
import { orders } from './de/orders.ts';
import { people } from './de/people.ts';
import { search } from './de/search.ts';
import { status } from './de/status.ts';
import { ui } from './de/ui.ts';

export const de = {
  errors,
  nav,
  orders,
  people,
  search,
  status,
  ui,
} as const;
