import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { introspect } from '../../prisma/introspect.ts';
import { ROOT } from './project.ts';
import { run } from './run.ts';
import { withScratchDatabase } from './scratch-database.ts';

/** `npm run db:pull`: writes prisma/schema.prisma from a database made by the migrations. */
run(async () => {
  const schema = await withScratchDatabase(({ ownerUrl }) => introspect(ownerUrl));
  writeFileSync(join(ROOT, 'prisma', 'schema.prisma'), schema);
  console.log('prisma/schema.prisma is what the migrations make. Its client is generated again by the next command.');
});
