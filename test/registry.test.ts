// The house rules of operations: each is complete, each refusal and each event is reached by a test, each word is explained.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { evolutionsOf } from '../src/engine/registry-port.ts';
import { fieldsOf } from '../src/grammar/verb.ts';
import { tiers } from '../src/kernel/rules.ts';
import { checks, operations, registry } from '../src/registry.ts';
import { tools } from '../src/surfaces/cli/tools.ts';

const root = join(import.meta.dirname, '..');
const concepts = join(root, 'src', 'concepts');

function filesIn(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(ending))
    .map((path) => join(folder, path));
}

function textOf(paths: readonly string[]): string {
  return paths.map((path) => readFileSync(path, 'utf8')).join('\n');
}

/** Whether a source names it as a whole string. */
function names(source: string, text: string): boolean {
  return source.includes(`'${text}'`) || source.includes(`"${text}"`);
}

function nounOf(name: string): string {
  return name.split('.')[0] ?? name;
}

const nouns = readdirSync(concepts).filter((noun) =>
  readdirSync(join(concepts, noun)).includes(`${noun}.ts`),
);
const byName = operations.map((operation) => [operation.name, operation] as const);
const isSpoken = (operation: (typeof operations)[number]): boolean =>
  operation.kind === 'query' || operation.appOnly !== true;

describe('names', () => {
  it('are noun.verb, of a noun that is a folder of concepts', () => {
    for (const { name } of operations) {
      expect(name).toMatch(/^[a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*$/);
      expect(readdirSync(concepts)).toContain(nounOf(name));
    }
  });

  it('and aliases call one thing each, the tools of the shell included', () => {
    const verbs = [...operations, ...tools];
    const calls = verbs.flatMap(({ name, alias }) => [
      name,
      ...(alias === undefined ? [] : [alias]),
    ]);
    expect(calls.filter((call, index) => calls.indexOf(call) !== index)).toEqual([]);
    for (const { alias } of verbs) if (alias !== undefined) expect(alias).toMatch(/^[a-z]+$/);
  });

  it('of checks are unique words, and so are their rules', () => {
    const all = checks.map(({ name }) => name);
    expect(new Set(all).size).toBe(all.length);
    for (const { name, summary, rules } of checks) {
      expect(name).toMatch(/^[a-z]+$/);
      expect(summary).toMatch(/\.$/);
      expect(rules.length).toBeGreaterThan(0);
      expect(new Set(rules).size).toBe(rules.length);
      for (const rule of rules) expect(rule).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    }
  });
});

describe.each(byName)('%s', (_name, operation) => {
  it('has a summary that is a sentence, and an example that its schema takes', () => {
    expect(operation.summary).toMatch(/^[A-Z].*\.$/);
    expect(operation.examples.length).toBeGreaterThan(0);
    for (const { means } of operation.examples) {
      expect(operation.input.safeParse(means).success).toBe(true);
    }
  });

  it('says of every field what it is, and has positional fields that exist, a list only last', () => {
    const fields = fieldsOf(operation);
    for (const { name, description } of fields) {
      expect(`${name}: ${description}`).toMatch(/: [A-Za-z-].{2,}[^.]$/);
    }
    const positional = operation.positional.map((name) =>
      fields.find((field) => field.name === name),
    );
    expect(positional).not.toContain(undefined);
    for (const field of positional.slice(0, -1)) expect(field?.isList).toBe(false);
    const flags = fields.flatMap(({ flag, short }) => [flag, ...(short === null ? [] : [short])]);
    expect(new Set(flags).size).toBe(flags.length);
  });

  it('says who may use it', () => {
    if (isSpoken(operation)) expect(operation.allow.length).toBeGreaterThan(0);
    else expect(operation.allow).toEqual([]);
    for (const tier of operation.allow) expect(tiers).toContain(tier);
    expect(new Set(operation.allow).size).toBe(operation.allow.length);
  });

  it('says what it did or found in words of its own', () => {
    if (isSpoken(operation)) expect(operation.text).toBeTypeOf('function');
  });

  const refusals = operation.refusals ?? [];

  it('has refusals that are kebab-case codes, each once', () => {
    for (const code of refusals) expect(code).toMatch(/^[a-z]+(?:-[a-z]+)*$/);
    expect(new Set(refusals).size).toBe(refusals.length);
  });
});

describe('every refusal', () => {
  const refusing = operations.flatMap(({ name, refusals = [] }) =>
    refusals.length === 0 ? [] : [[name, refusals] as const],
  );

  it.each(refusing)('of %s is met in a test beside it', (name, refusals) => {
    const beside = textOf(filesIn(join(concepts, nounOf(name)), '.test.ts'));
    expect(refusals.filter((code) => !names(beside, code))).toEqual([]);
  });
});

describe('every event', () => {
  const types = evolutionsOf(registry).flatMap((evolution) =>
    Object.keys(evolution.evolve).map((type) => [type, evolution.name] as const),
  );
  const sources = filesIn(join(root, 'src'), '.ts');
  const tested = textOf([
    ...sources.filter((path) => path.endsWith('.test.ts')),
    ...filesIn(join(root, 'test'), '.test.ts'),
  ]);
  const shipped = textOf(sources.filter((path) => !path.endsWith('.test.ts')));

  it.each(types)(
    '%s is of the noun that folds it, a participle, and met in a test',
    (type, noun) => {
      expect(type).toMatch(/^[a-z]+\.[a-z]+(?:-[a-z]+)*$/);
      expect(nounOf(type)).toBe(noun);
      expect(names(tested, type)).toBe(true);
    },
  );

  it('that a command makes has a handler', () => {
    const handled = new Set(types.map(([type]) => type));
    const made = [...shipped.matchAll(/type: '([a-z]+\.[a-z-]+)'/g)].map((match) => match[1] ?? '');
    expect(made.length).toBeGreaterThan(10);
    const ours = made.filter((type) => type !== 'log.created');
    expect(ours.filter((type) => !handled.has(type))).toEqual([]);
  });
});

describe('the glossary', () => {
  const glossary = readFileSync(join(root, 'docs', 'glossary.md'), 'utf8');
  const entries = new Map(
    [...glossary.matchAll(/^- \*\*([^*]+)\*\*: ([^]*?)(?=\n- \*\*|\n\n|$(?![^]))/gm)].map(
      (match) => [match[1] ?? '', match[2] ?? ''],
    ),
  );

  it('explains every concept, and each term once', () => {
    const folders = new Set([...nouns, ...operations.map(({ name }) => nounOf(name))]);
    expect([...folders].filter((noun) => !entries.has(noun))).toEqual([]);
    expect([...glossary.matchAll(/^- \*\*/gm)]).toHaveLength(entries.size);
  });

  it('gives the short words with the concept that they are of', () => {
    const missing = operations.filter(
      ({ alias, name }) =>
        alias !== undefined && !(entries.get(nounOf(name)) ?? '').includes(`\`${alias}\``),
    );
    expect(missing.map(({ alias }) => alias)).toEqual([]);
  });

  it.each([
    ...['record', 'batch', 'event', 'webhook', 'outcome', 'refusal', 'fault', 'fold', 'checkpoint'],
    ...['chain', 'seq', 'pin', 'vouch', 'session', 'fencing token', 'claim', 'scope', 'grant'],
    ...['phase', 'gate', 'verdict', 'finding', 'ratchet', 'tier', 'authority', 'surface', 'store'],
    ...['remote', 'policy', 'check', 'log'],
  ])('explains %s in a sentence', (term) => {
    expect(entries.get(term)).toMatch(/^.{20,}\.\s*$/s);
  });
});
