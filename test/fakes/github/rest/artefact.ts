// Finds and reads GitHub's own artefacts in node_modules: API description, GraphQL schema, webhook examples.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Path of a file of an installed package, looked up from this file's folder upwards. */
export function artefactPath(name: string): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const path = join(folder, 'node_modules', name);
    if (existsSync(path)) return path;
    const parent = dirname(folder);
    if (parent === folder) throw new Error(`${name} is not installed. Run npm ci first.`);
    folder = parent;
  }
}

/** Reads an artefact as text. */
export async function readArtefact(name: string): Promise<string> {
  return await readFile(artefactPath(name), 'utf8');
}
