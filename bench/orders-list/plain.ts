import { createPool } from '../../server/platform/db.ts';
import { createPrisma } from '../../server/platform/prisma-client.ts';
import type { Latency } from '../harness/bench.ts';
import { latencyOf } from '../harness/bench.ts';
import type { Database } from '../harness/cluster.ts';
import type { Sample } from './sample.ts';

const PAGE = 50;
const DEEP_PAGE = 200;
const ROUNDS = 5;

/**
 * The same list as it is usually written: Prisma, a page by its number, the count of all pages, a box that searches with `contains`.
 * Without HTTP, on one connection: what it needs is only the database's and Prisma's time.
 */
export async function plainList(
  database: Database,
  sample: Sample,
): Promise<{ readonly page: Latency; readonly search: Latency }> {
  const pool = createPool({ connectionString: database.url, max: 2, name: 'bench-plain' });
  const prisma = createPrisma(pool);
  const page = async (where: object, number: number): Promise<void> => {
    const found = await prisma.order.findMany({ where, orderBy: { placedAt: 'desc' }, skip: (number - 1) * PAGE, take: PAGE });
    await prisma.orderLine.findMany({ where: { orderId: { in: found.map((order) => order.id) } } });
    await prisma.order.count({ where });
  };
  const timed = async (work: (round: number) => Promise<void>): Promise<Latency> => {
    const samples = new Float64Array(ROUNDS);
    for (let round = 0; round < ROUNDS; round++) {
      const startedAt = performance.now();
      await work(round);
      samples[round] = performance.now() - startedAt;
    }
    return latencyOf(samples);
  };
  try {
    return {
      page: await timed((round) => page(round % 2 === 0 ? {} : { status: 'FULFILLED' }, DEEP_PAGE)),
      search: await timed((round) => {
        const contains = (sample.orders[round]?.email ?? '').split('@', 1)[0] ?? '';
        return page({ OR: ['number', 'email', 'customerName', 'externalId'].map((column) => ({ [column]: { contains } })) }, 1);
      }),
    };
  } finally {
    await prisma.$disconnect();
    await pool.end();
  }
}
