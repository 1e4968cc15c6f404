// Rules of the house that a test can hold.
import { basename, dirname } from 'node:path';
import { describe, expect, it } from 'vitest';
import { version } from '../src/version.ts';
import { projectFiles, textOf } from './project-files.ts';

const files = projectFiles();
const code = files.filter((path) => /\.(?:ts|js|mjs)$/.test(path));
const source = code.filter((path) => path.startsWith('src/'));

/** Hostile TypeScript as text, which tests feed to the analyser. */
const specimens = ['test/hostile-code.ts', 'src/checks/typescript-name.test.ts'];
const honest = code.filter((path) => !specimens.includes(path));

const linesMax = 300;
const bannedNames = ['util', 'utils', 'helper', 'helpers', 'common', 'manager', 'service', 'misc'];
const extensions = /(?:\.(?:test|child|fixture))?\.(?:ts|js|mjs)$/;

/** Lines of the given files that a pattern matches, as `path:line`. */
function found(paths: readonly string[], pattern: RegExp): string[] {
  return paths.flatMap((path) =>
    textOf(path)
      .split('\n')
      .flatMap((line, index) => (pattern.test(line) ? [`${path}:${index + 1}`] : [])),
  );
}

function words(path: string): string[] {
  return basename(path).replace(extensions, '').split(/[-.]/);
}

/** Folders directly below one, with at least one file. */
function foldersIn(folder: string): string[] {
  const below = files.filter((path) => path.startsWith(`${folder}/`));
  const names = below.map((path) => path.slice(folder.length + 1).split('/'));
  return [...new Set(names.filter(({ length }) => length > 1).map(([name = '']) => name))].sort();
}

describe('files', () => {
  it(`have at most ${linesMax} lines`, () => {
    const long = code.filter((path) => textOf(path).trimEnd().split('\n').length > linesMax);
    expect(long).toEqual([]);
  });

  it('are named in kebab-case for what they do', () => {
    const badly = code.filter((path) => !/^[a-z0-9.-]+$/.test(basename(path)));
    expect(badly.filter((path) => !path.startsWith('.'))).toEqual([]);
    const banned = code.filter((path) => words(path).some((word) => bannedNames.includes(word)));
    expect(banned).toEqual([]);
    const folders = new Set(code.flatMap((path) => dirname(path).split('/')));
    expect(bannedNames.filter((name) => folders.has(name))).toEqual([]);
  });

  it('open with a sentence on their purpose; tests beside their source say it by their name', () => {
    const speaking = code.filter((path) => !/^src\/.*\.test\.ts$|\.config\.\w+$/.test(path));
    const silent = speaking.filter((path) => {
      const [opening = ''] = /^(?:\/\/.*\n)+/.exec(textOf(path)) ?? [];
      return !/[.:]$/m.test(opening);
    });
    expect(silent).toEqual([]);
  });

  it('beside a source test that source: a test has a subject', () => {
    const subjects = new Set(source.filter((path) => !path.includes('.test.')).map(dirname));
    const alone = source.filter((path) => path.includes('.test.') && !subjects.has(dirname(path)));
    expect(alone).toEqual([]);
  });
});

describe('code', () => {
  // Patterns are put together here, so that this file does not find itself.
  const rules: readonly (readonly [string, readonly string[], RegExp])[] = [
    ['has no default exports', source, /^export default /],
    [
      'never casts types away',
      honest,
      new RegExp('\\bas ' + 'any\\b|@ts-' + '(?:ignore|nocheck)\\b'),
    ],
    [
      'leaves no test out',
      code,
      new RegExp('\\b(?:it|test|describe)\\.' + '(?:only|skip|todo|fails)\\b'),
    ],
    ['leaves no work behind', code, new RegExp('\\b(?:TO' + 'DO|FIX' + 'ME|XX' + 'X)\\b')],
    ['has no enums or namespaces', source, /^\s*(?:export )?(?:const )?(?:enum|namespace) /],
    ['has no barrels', source, /^export \* from /],
    ['imports files with their extension', source, /from '\.{1,2}\/[^']*(?<!\.ts|\.json)'/],
  ];

  it.each(rules)('%s', (_rule, paths, pattern) => {
    expect(found(paths, pattern)).toEqual([]);
  });

  it('the rules find what they are for', () => {
    const bad = [
      'export default 1;',
      'x as ' + 'any',
      'it.' + 'only(',
      '// TO' + 'DO later',
      'enum A {',
      "export * from './a.ts';",
      "from './a'",
    ];
    bad.forEach((line, index) => expect(rules[index]?.[2].test(line), line).toBe(true));
  });
});

describe('documents', () => {
  const architecture = textOf('ARCHITECTURE.md');
  const glossary = textOf('docs/glossary.md');

  it('the codemap has the folders of src, each once', () => {
    const mapped = [...architecture.matchAll(/^\| `src\/([a-z-]+)\/` /gm)].map(([, name]) => name);
    expect(mapped.sort()).toEqual(foldersIn('src'));
  });

  it('the codemap names the surfaces', () => {
    const line = /^\| `src\/surfaces\/`.*$/m.exec(architecture)?.[0] ?? '';
    for (const name of foldersIn('src/surfaces')) expect(line).toContain(`\`${name}\``);
  });

  it('every concept has its noun file and stands in the glossary', () => {
    // An overview reads the other concepts and has no events of its own.
    const withoutEvents = ['overview'];
    const nouns = foldersIn('src/concepts');
    const homeless = nouns.filter((noun) => !files.includes(`src/concepts/${noun}/${noun}.ts`));
    expect(homeless).toEqual(withoutEvents);
    expect(nouns.filter((noun) => !glossary.includes(`\n- **${noun}**: `))).toEqual([]);
  });

  it('every word of the glossary has one meaning', () => {
    const terms = [...glossary.matchAll(/^- \*\*([^*]+)\*\*: /gm)].map(([, term]) => term);
    expect(terms.length).toBeGreaterThan(40);
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([]);
  });

  it('ARCHITECTURE lists every decision, numbered without a gap', () => {
    const pages = files.filter((path) => path.startsWith('docs/decisions/'));
    expect(pages.filter((path) => !architecture.includes(`(${path})`))).toEqual([]);
    const numbers = pages.map((path) => Number(basename(path).slice(0, 4)));
    expect(numbers).toEqual(pages.map((_path, index) => index + 1));
  });
});

describe('package', () => {
  const manifest = JSON.parse(textOf('package.json')) as Record<string, unknown>;
  const lock = JSON.parse(textOf('package-lock.json')) as {
    readonly version: string;
    readonly packages: Readonly<Record<string, { readonly resolved?: string }>>;
  };

  it('has one version', () => {
    expect(manifest['version']).toBe(version);
    expect(lock.version).toBe(version);
    expect(textOf('CHANGELOG.md')).toContain(`## ${version} `);
  });

  it('pins what it depends on exactly', () => {
    const { dependencies, devDependencies } = manifest as Record<string, Record<string, string>>;
    const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(
      ([, wanted]) => !/^\d+\.\d+\.\d+$/.test(wanted),
    );
    expect(loose).toEqual([]);
  });

  it('is installed from whatever registry is set: none is named', () => {
    const resolved = Object.entries(lock.packages).filter(([, entry]) =>
      /^https?:/.test(entry.resolved ?? ''),
    );
    expect(resolved).toEqual([]);
    const host = new RegExp('registry\\.(?:npmjs|yarnpkg)' + '\\.|npm\\.pkg\\.' + 'github');
    expect(found(files, host)).toEqual([]);
  });

  it('names no path of one machine', () => {
    const path = new RegExp(
      '[\'"` (]/(?:' + ['home', 'Users', 'root', 'work'].join('|') + ')/[a-z]',
    );
    expect(found(files, path)).toEqual([]);
  });
});
