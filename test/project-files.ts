// The files of this project as they lie here, without what is installed or built; also where there is no git.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');

/** Installed, built or made by running, as .gitignore says; `dist` is committed, but no hand wrote it. */
const skipped = new Set(['.git', 'node_modules', 'build', 'dist', 'coverage']);

/** Paths of all files from the root, with slashes, sorted. */
export function projectFiles(folder = ''): string[] {
  const entries = readdirSync(join(root, folder), { withFileTypes: true });
  const found = entries.flatMap((entry) => {
    if (skipped.has(entry.name)) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) return projectFiles(path);
    return entry.isFile() ? [path] : [];
  });
  return found.sort();
}

/** The text of a file, with the line ends of the repository. */
export function textOf(path: string): string {
  return readFileSync(join(root, path), 'utf8').replaceAll('\r\n', '\n');
}
