// Documents cannot go stale: links resolve, paths exist, commands and policies in them are understood.
import { existsSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { commandReference, commandsPath } from '../scripts/command-reference.ts';
import { defaultPolicyPath, defaultPolicyText } from '../scripts/default-policy.ts';
import { policyJsonSchemaText, schemaPath } from '../scripts/json-schema.ts';
import { policyReference, referencePath } from '../scripts/policy-reference.ts';
import { findCommands } from '../src/grammar/comment.ts';
import { chooseVerb, parse, readInput } from '../src/grammar/parse.ts';
import { splitWords } from '../src/grammar/words.ts';
import { parsePolicy } from '../src/policy/load.ts';
import { registry } from '../src/registry.ts';
import { readGlobals } from '../src/surfaces/cli/globals.ts';
import { tools } from '../src/surfaces/cli/tools.ts';
import { anchorsOf, codeOf, fencesOf, linksOf } from './markdown.ts';
import type { Fence } from './markdown.ts';
import { projectFiles, root, textOf } from './project-files.ts';
import { loadWorkflowParser } from './workflow-parser.ts';
import type { WorkflowErrors } from './workflow-parser.ts';

const pages = projectFiles().filter((path) => path.endsWith('.md'));
const written = pages.filter((path) => !path.startsWith('docs/reference/'));
const spoken = registry.operations.filter(
  (operation) => operation.kind === 'query' || operation.appOnly !== true,
);
const verbs = [...spoken, ...tools];
const greedy = new Set(tools.filter((tool) => tool.takesRest === true).map(({ name }) => name));

let workflowErrors: WorkflowErrors;

beforeAll(async () => {
  workflowErrors = await loadWorkflowParser();
});

function fences(path: string, ...languages: readonly string[]): Fence[] {
  return fencesOf(textOf(path)).filter(({ language }) => languages.includes(language));
}

/** Lines of shell blocks that call `coord`, without the variables that stand before it. */
function coordLines(path: string): string[] {
  return fences(path, 'sh')
    .flatMap(({ text }) => text.split('\n'))
    .map((line) => line.replace(/^(?:[A-Z_]+=\S+ )+/, ''))
    .filter((line) => /^(?:git )?coord(?: |$)/.test(line));
}

/** Reads a line as the shell would; throws what the user would be told. */
function understand(line: string): void {
  // The shell puts the id of the commit in the place of a revision.
  const put = line.replace('--evidence HEAD', `--evidence ${'0'.repeat(40)}`);
  const words = splitWords(put.replace(/^git /, '')).slice(1);
  const { rest } = readGlobals(words, greedy);
  if (rest.length === 0) return;
  const isHelp = rest[0] === 'help';
  const [verb, left] = chooseVerb(verbs, isHelp ? rest.slice(1) : rest);
  if (!isHelp && !greedy.has(verb.name)) readInput(verb, left);
}

it('README is short', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

it('the pages that a project is looked for are there', () => {
  const expected = ['README', 'ARCHITECTURE', 'CONTRIBUTING', 'AGENTS', 'CHANGELOG', 'SECURITY'];
  expect(pages).toEqual(expect.arrayContaining(expected.map((name) => `${name}.md`)));
});

describe('generated files are what the source says', () => {
  it.each([
    [commandsPath, commandReference],
    [referencePath, policyReference],
    [schemaPath, policyJsonSchemaText],
    [defaultPolicyPath, defaultPolicyText],
  ])('%s', async (path, generate) => {
    expect(textOf(path)).toBe(await generate());
  });
});

describe.each(pages)('%s', (path) => {
  it('has links that resolve, to pages and to headings', () => {
    const broken = linksOf(textOf(path)).filter((target) => {
      if (/^[a-z]+:/.test(target)) return false;
      const [file = '', anchor] = target.split('#');
      const found = file === '' ? path : normalize(join(dirname(path), file)).replaceAll('\\', '/');
      if (!existsSync(join(root, found))) return true;
      return anchor !== undefined && !anchorsOf(textOf(found)).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names files and folders that exist', () => {
    const named = codeOf(textOf(path)).filter((code) =>
      /^(?:src|test|scripts|docs|demo|bench|schema)\/[\w./-]*$/.test(code),
    );
    expect(named.filter((code) => !existsSync(join(root, code)))).toEqual([]);
  });

  it('has JSON and YAML that can be read', () => {
    const failed: string[] = [];
    for (const { language, text, line } of fences(path, 'json', 'yaml')) {
      try {
        if (language === 'json') JSON.parse(text);
        else parseYaml(text);
      } catch (error) {
        failed.push(`line ${line}: ${String(error)}`);
      }
    }
    expect(failed).toEqual([]);
  });
});

describe('what the pages say is understood', () => {
  const lines = written.flatMap((path) => coordLines(path).map((line) => ({ path, line })));

  it.each(lines)('$path: $line', ({ line }) => {
    expect(() => understand(line)).not.toThrow();
  });

  it('there are such lines in README and how-to pages, and a wrong one is found', () => {
    expect(coordLines('README.md').length).toBeGreaterThan(8);
    expect(coordLines('docs/how-to/github-app.md').length).toBeGreaterThan(0);
    expect(() => understand('coord lock')).toThrow('SCOPE is missing');
    expect(() => understand('coord lokc src/**')).toThrow('Did you mean');
    expect(() => understand('coord task add a --fiels src/**')).toThrow('--files');
  });

  it('comments in text blocks are commands', () => {
    const blocks = written.flatMap((path) => fences(path, 'text')).map(({ text }) => text);
    const commands = blocks.flatMap((text) => findCommands(text));
    expect(commands.length).toBeGreaterThan(2);
    for (const { text } of commands) expect(() => parse(spoken, splitWords(text))).not.toThrow();
  });

  it('policies are valid without a warning', () => {
    const texts = written
      .flatMap((path) => fences(path, 'yaml'))
      .map(({ text }) => text)
      .filter((text) => text.startsWith('version: 1'));
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) {
      expect(parsePolicy(text, 'page')).toMatchObject({ ok: true, warnings: [] });
    }
  });

  it('workflows are valid and ask for reading only', () => {
    const texts = written
      .flatMap((path) => fences(path, 'yaml'))
      .map(({ text }) => text)
      .filter((text) => /^jobs:$/m.test(text));
    expect(texts.length).toBeGreaterThan(1);
    for (const text of texts) {
      expect(workflowErrors('coord.yml', text)).toEqual([]);
      expect(text).not.toMatch(/: write$/m);
    }
  });

  it('every example of the command reference is understood', () => {
    const blocks = fences(commandsPath, 'text').map(({ text }) => text);
    const examples = blocks
      .flatMap((text) => text.split('\n'))
      .filter((line) => line.startsWith('coord ') && !/ \[|[A-Z]{2,}(?: |$|\.\.\.)/.test(line));
    expect(examples.length).toBeGreaterThan(25);
    for (const example of examples) expect(() => understand(example)).not.toThrow();
  });
});
