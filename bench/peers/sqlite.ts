// better-sqlite3 in WAL mode with synchronous=FULL: one transaction a batch. `npm --prefix bench/peers ci` installs it.
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Batch, Peer } from './peer.ts';

interface Statement {
  run(...values: readonly unknown[]): unknown;
}

interface Database {
  pragma(text: string): unknown;
  exec(text: string): unknown;
  prepare(text: string): Statement;
  transaction(work: (batch: Batch) => void): (batch: Batch) => void;
  close(): void;
}

type Open = new (path: string) => Database;

/** It is no dependency of the project, so its types are not here either; the benchmark runs in the project's folder. */
function sqliteHere(): Open | null {
  try {
    return createRequire(join(process.cwd(), 'bench', 'peers', 'package.json'))(
      'better-sqlite3',
    ) as Open;
  } catch {
    return null;
  }
}

export function openSqlite(directory: string): Peer | null {
  const Sqlite = sqliteHere();
  if (Sqlite === null) return null;
  const database = new Sqlite(join(directory, 'log.sqlite'));
  database.pragma('journal_mode = WAL');
  database.pragma('synchronous = FULL');
  database.exec('create table log (seq integer primary key, record text not null)');
  const insert = database.prepare('insert into log (record) values (?)');
  const append = database.transaction((batch) => {
    for (const record of batch) insert.run(JSON.stringify(record));
  });
  return { append, close: () => database.close() };
}
