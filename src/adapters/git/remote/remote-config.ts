// The URL of a remote from the repository's configuration file, for machines without git.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../repository.ts';

function unquoted(value: string): string {
  const text = /^"((?:[^"\\]|\\.)*)"/.exec(value)?.[1] ?? value.replace(/[#;].*$/, '').trim();
  return text.replace(/\\(["\\])/g, '$1');
}

const sectionLine =
  /^\s*\[\s*(?<section>[A-Za-z0-9.-]+)(?:\s+"(?<subsection>(?:[^"\\]|\\.)*)")?\s*\]/;
const settingLine = /^\s*(?<key>[A-Za-z][A-Za-z0-9-]*)\s*=\s*(?<value>.*)$/;

type Groups = Readonly<Record<string, string | undefined>>;

function isRemote(groups: Groups, name: string): boolean {
  const subsection = (groups['subsection'] ?? '').replace(/\\(.)/g, '$1');
  return groups['section']?.toLowerCase() === 'remote' && subsection === name;
}

/** The lines of `[remote "NAME"]`, wherever its parts stand. */
function linesOf(config: string, name: string): string[] {
  let isInside = false;
  return config.split('\n').filter((line) => {
    const groups = sectionLine.exec(line)?.groups;
    if (groups !== undefined) isInside = isRemote(groups, name);
    return groups === undefined && isInside;
  });
}

/** The values of `[remote "NAME"]`, keys in lower case; of a key that stands there twice the first counts. */
function remoteSection(config: string, name: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const line of linesOf(config, name)) {
    const { key, value } = { key: '', value: '', ...settingLine.exec(line)?.groups };
    const known = key.toLowerCase();
    if (key !== '' && !values.has(known)) values.set(known, unquoted(value));
  }
  return values;
}

/**
 * The URL as it stands in `.git/config`; null when there is none. Included files, `insteadOf` and the settings of
 * the user are not looked at.
 */
export function configuredUrl(
  repository: Repository,
  name: string,
  direction: 'fetch' | 'push',
): string | null {
  const config = readFileSync(join(repository.commonDir, 'config'), 'utf8');
  const section = remoteSection(config, name);
  const pushUrl = direction === 'push' ? section.get('pushurl') : undefined;
  return pushUrl ?? section.get('url') ?? null;
}
