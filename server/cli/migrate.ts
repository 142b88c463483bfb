import { parseArgs } from 'node:util';
import { migrate } from '../../prisma/migrate.ts';
import { dataDirOf, openProject } from './project.ts';
import { run } from './run.ts';

/** `npm run migrate [-- --data DIR]`: brings the database to this version. */
run(async () => {
  const { values } = parseArgs({ options: { data: { type: 'string' } } });
  const project = await openProject(dataDirOf(values.data));
  try {
    const applied = await migrate(project);
    console.log(applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`);
  } finally {
    await project.close();
  }
});
