// A test's second process: keeps spare files, one of them linked to a name, and ends in an orderly way.
import { linkSync } from 'node:fs';
import { join } from 'node:path';
import { SpareFiles } from './spare-files.ts';

const [directory = ''] = process.argv.slice(2);
const spares = new SpareFiles(directory, 'tmp_');
for (const [place, text] of ['first', 'other', 'third'].entries()) {
  const path = spares.write(Buffer.from(text), 'synced');
  if (place === 1) linkSync(path, join(directory, 'linked'));
  spares.settle(path);
}
