// The snapshot of a fold as a file of the store: a cache, without effect where it is damaged, of another version, or cannot be written.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { NewSnapshot, Snapshot, SnapshotShelf } from '../../log/snapshot.ts';
import { reducerVersion } from '../../log/format.ts';
import { LazyTexts } from '../../kernel/lazy-texts.ts';
import type { StoreHandle } from './local-log.ts';
import { readCheckpoint } from './log-commit.ts';
import { readIfPresent, removeIfPresent, renameOver, uniquePath } from './store/durable-file.ts';

const fileName = 'coord-snapshot';
const temporaryPrefix = 'tmp_snapshot_';
const newline = 0x0a;

/** Paths of files, and how many bytes their texts take. */
type Sizes = readonly (readonly [path: string, bytes: number])[];

/** The second line of the file; the texts follow it, one after another. The first line is the CRC of all that follows. */
interface Header extends Pick<Snapshot, 'position' | 'tailBytes' | 'base'> {
  readonly reducer: number;
  readonly paths: readonly string[];
  readonly changed: Sizes;
  readonly copied: Sizes;
}

function sizesOf(texts: ReadonlyMap<string, string>): Sizes {
  return [...texts].map(([path, text]) => [path, Buffer.byteLength(text)]);
}

function fileOf({ changed, copied, ...rest }: NewSnapshot): Buffer {
  const sizes = { changed: sizesOf(changed), copied: sizesOf(copied) };
  const header: Header = { reducer: reducerVersion, ...rest, ...sizes };
  const texts = [...changed.values(), ...copied.values()].join('');
  const body = Buffer.from(`${JSON.stringify(header)}\n${texts}`);
  return Buffer.concat([Buffer.from(`${crc32(body)}\n`), body]);
}

/** The lines before the texts, and where those begin; null where the file is damaged. */
function headerOf(file: Buffer): { header: Header; at: number } | null {
  const first = file.indexOf(newline);
  const body = file.subarray(first + 1);
  if (first < 0 || crc32(body) !== Number(file.toString('latin1', 0, first))) return null;
  const second = body.indexOf(newline);
  const header = JSON.parse(body.toString('utf8', 0, second)) as Header;
  return { header, at: first + second + 2 };
}

/** The texts that begin at a place of the file. */
function textsAt(file: Buffer, at: number, sizes: Sizes): { texts: LazyTexts; end: number } {
  const places = new Map<string, readonly [from: number, to: number]>();
  let end = at;
  for (const [path, bytes] of sizes) places.set(path, [end, (end += bytes)]);
  const read = (path: string): string => file.toString('utf8', ...(places.get(path) ?? []));
  return { texts: new LazyTexts(places.keys(), read), end };
}

function snapshotIn(
  file: Buffer,
  filesAt: (commit: string) => ReadonlyMap<string, string>,
): Snapshot | null {
  const found = headerOf(file);
  if (found?.header.reducer !== reducerVersion) return null;
  const { header, at } = found;
  const { position, tailBytes, base, paths } = header;
  const { texts: changed, end } = textsAt(file, at, header.changed);
  const { texts: copied } = textsAt(file, end, header.copied);
  let ofBase: ReadonlyMap<string, string> | null = null;
  const unread = (path: string): string =>
    base === null ? '' : ((ofBase ??= filesAt(base)).get(path) ?? '');
  const files = new LazyTexts(
    paths,
    (path) => changed.get(path) ?? copied.get(path) ?? unread(path),
  );
  return { position, tailBytes, base, changed, copied, files };
}

/** Where the snapshot of a store is kept. */
export function snapshotShelf(handle: StoreHandle): SnapshotShelf {
  const path = join(handle.directory, fileName);
  const filesAt = (commit: string): ReadonlyMap<string, string> => {
    const store = handle.open();
    return store === null ? new Map() : readCheckpoint(store, commit);
  };
  const quietly = (work: () => void): void => {
    try {
      work();
    } catch {
      // Without it the next question takes longer, and that is all.
    }
  };
  return {
    read() {
      try {
        const file = readIfPresent(path);
        return file === undefined ? null : snapshotIn(file, filesAt);
      } catch {
        return null;
      }
    },
    keep(snapshot) {
      quietly(() => {
        const temporary = uniquePath(handle.directory, temporaryPrefix);
        try {
          writeFileSync(temporary, fileOf(snapshot), { flag: 'wx' });
          renameOver(temporary, path);
        } catch {
          removeIfPresent(temporary);
        }
      });
    },
    remove: () => quietly(() => removeIfPresent(path)),
  };
}
