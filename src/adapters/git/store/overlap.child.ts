// A test's process among several: counts up a file 25 times under a mutex, and fails if it is not alone.
import * as fs from 'node:fs';
import { withMutex } from './mutex.ts';

const [path = ''] = process.argv.slice(2);
for (let round = 0; round < 25; round += 1) {
  await withMutex(path, async () => {
    fs.mkdirSync(`${path}.inside`);
    const before = fs.existsSync(`${path}.count`) ? fs.readFileSync(`${path}.count`, 'utf8') : '0';
    await new Promise((resolve) => setTimeout(resolve, 1));
    fs.writeFileSync(`${path}.count`, String(Number(before) + 1));
    fs.rmdirSync(`${path}.inside`);
  });
}
