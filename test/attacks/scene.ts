// A repository under attack: a plan, locks, signed history, and an attacker who can push and has read the source.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { newPrivateKey, signerFrom } from '../../src/adapters/system/signature.ts';
import type { Signer, TokenSigner } from '../../src/adapters/system/signature.ts';
import { present } from '../../src/kernel/assert.ts';
import { signedBytes } from '../../src/log/canonical.ts';
import type { LogRecord } from '../../src/log/record.ts';
import { saidBy } from '../clones.ts';
import type { Said } from '../clones.ts';
import { forge, forgedOn, git, layOut } from '../log-forge.ts';
import type { ForgedCommit } from '../log-forge.ts';
import { runShell } from '../shell.ts';

const pemOf = new Map<string, string>();

function newSigner(name: string): TokenSigner {
  const pem = newPrivateKey();
  pemOf.set(name, pem);
  return present(signerFrom(pem), 'a new key is one');
}

/** Whose key is named by the policy: two agents and a person. `stolen` is one that opus had before. */
export const signers = {
  codex: newSigner('codex'),
  opus: newSigner('opus'),
  ada: newSigner('ada'),
  eve: newSigner('eve'),
  stolen: newSigner('stolen'),
};

const policy = `version: 1
enforce: require
agents:
  codex: { tier: implementer, keys: ["${signers.codex.publicKey}"] }
  opus: { tier: executive, keys: ["${signers.opus.publicKey}"] }
  haiku: { tier: validator }
people:
  ada: { email: ada@example.org, keys: ["${signers.ada.publicKey}"] }
plan:
  phases:
    - { id: rpc, scopes: { codex: { write: ["src/rpc/**", "src/held/**"] } } }
    - { id: ui, after: [rpc], scopes: { codex: { write: ["src/ui/**"] } } }
    - { id: base, status: active, scopes: { codex: { write: ["src/base/**", "src/held/**"] } } }
`;

/** What a judge sees: every check with what it found where. */
export type Verdict = readonly (readonly [string, string, readonly string[]])[];

/** What the attacker may write of a record; the rest is as in an honest one. */
export type Forged = Partial<LogRecord> & Pick<LogRecord, 'op' | 'actor' | 'events'>;

const changed = ['src/rpc/a.ts', 'src/held/a.ts', 'src/ui/a.ts', 'docs/a.md'];

function write(repository: string, path: string, text: string): void {
  mkdirSync(join(repository, path, '..'), { recursive: true });
  writeFileSync(join(repository, path), text);
}

/** One copy of the scene; what is done in it is seen nowhere else. */
export class Attacked {
  readonly folder: string;
  readonly remote: string;
  readonly clone: string;
  private made = 0;

  constructor(folder: string) {
    this.folder = folder;
    this.remote = join(folder, 'remote.git');
    this.clone = join(folder, 'clone');
  }

  /** Says something on the machine of whoever's keys are there. */
  async say(...words: string[]): Promise<Said> {
    const environment = { COORD_CONFIG_DIR: join(this.folder, 'config') };
    return saidBy(await runShell(['-C', this.clone, ...words, '--json'], environment));
  }

  /** Says something on a machine without keys. */
  async sayKeyless(...words: string[]): Promise<Said> {
    const environment = { COORD_CONFIG_DIR: join(this.folder, 'nothing') };
    return saidBy(await runShell(['-C', this.clone, ...words, '--json'], environment));
  }

  log(): ForgedCommit[] {
    return layOut(this.remote);
  }

  lastRecord(): LogRecord {
    const { batch } = present(this.log().at(-1), 'the log has commits');
    return JSON.parse(batch.trim().split('\n').at(-1) ?? '') as LogRecord;
  }

  recordOf(op: string): LogRecord {
    const lines = this.log().flatMap(({ batch }) => batch.trim().split('\n'));
    const records = lines.map((line) => JSON.parse(line) as LogRecord);
    return present(
      records.findLast((record) => record.op === op),
      `there is a ${op}`,
    );
  }

  /** A record of the attacker's making that would come next. */
  record(forged: Forged): LogRecord {
    const last = this.lastRecord();
    this.made += 1;
    const id = `01a1f954-9eba-70f0-98c5-31093825${String(this.made).padStart(4, '0')}`;
    const { log, at, policy: under } = last;
    const hlc = `${new Date(Date.parse(at)).toISOString()}/0000`;
    const made = { id, log, hlc, input: {}, auth: { by: 'shell', subject: 'x' } as const };
    return { ...made, seq: last.seq + 1, at, policy: under, ...forged };
  }

  signed(forged: Forged, signer: Signer): LogRecord {
    const record = this.record({ auth: { by: 'key', subject: signer.publicKey }, ...forged });
    return { ...record, sig: signer.sign(signedBytes(record)) };
  }

  /** Pushes a commit that format 1 allows, with these records. */
  push(...records: readonly object[]): void {
    const last = present(this.log().at(-1), 'the log has commits');
    forge(this.remote, [forgedOn(last, records)], last.oid);
  }

  async verdict(): Promise<Verdict> {
    const words = ['check', '--base', 'origin/main', '--head', 'change', '--as', 'codex'];
    const { result, error } = (await this.sayKeyless(...words)) as Partial<Said>;
    if (result === undefined) return [['fault', error?.code ?? '', []]];
    const checks = result['checks'] as {
      name: string;
      conclusion: string;
      findings: { rule: string; path: string }[];
    }[];
    return checks.map(({ name, conclusion, findings }) => [
      name,
      conclusion,
      findings.map(({ rule, path }) => `${rule} ${path}`).sort(),
    ]);
  }

  /** What the shell does not let people without keys do. */
  async refusals(): Promise<string[]> {
    const tried = [
      ['grant', 'codex', 'docs/**', '2h', '--why', 'x', '--as', 'haiku'],
      ['plan', 'start', 'rpc', '--as', 'opus'],
      ['key', 'add', signers.eve.publicKey, '--as', 'haiku'],
    ];
    const said: string[] = [];
    for (const words of tried) {
      const { error } = (await this.sayKeyless(...words, '--offline')) as Partial<Said>;
      said.push(error?.code ?? 'done');
    }
    return said;
  }

  /** Everything that `coord verify` names, a sentence each. */
  async named(): Promise<string[]> {
    const { result, error } = (await this.sayKeyless('verify')) as Partial<Said>;
    if (result === undefined) return [error?.message ?? ''];
    const { problems = [], unproven = [] } = result as Record<string, { reason: string }[]>;
    return [...problems, ...unproven].map(({ reason }) => reason);
  }
}

/** The scene before the attack, and copies of it. */
export class Scene {
  private readonly folder = mkdtempSync(join(tmpdir(), 'coord attack '));
  private readonly origin = new Attacked(join(this.folder, 'origin'));
  private copies = 0;
  private before: { verdict: Verdict; refusals: string[]; named: string[] } | null = null;

  /** Honest history: keys of the policy sign; opus holds `src/held/**`, starts nothing, and had another key. */
  async open(): Promise<void> {
    const { remote, clone, folder } = this.origin;
    mkdirSync(folder);
    git(folder, ['init', '-q', '--bare', '--initial-branch=main', remote]);
    git(folder, ['init', '-q', '--initial-branch=main', clone]);
    write(clone, 'README.md', '# x\n');
    git(clone, ['add', '.']);
    git(clone, ['commit', '-q', '-m', 'seed']);
    git(clone, ['remote', 'add', 'origin', remote]);
    git(clone, ['push', '-q', 'origin', 'main']);
    git(clone, ['fetch', '-q', 'origin']);
    await this.origin.sayKeyless('init');
    for (const name of ['codex', 'opus', 'haiku']) await this.joins(name);
    write(clone, '.github/coord.yml', policy);
    git(clone, ['add', '.']);
    git(clone, ['commit', '-q', '-m', 'policy']);
    git(clone, ['push', '-q', 'origin', 'main']);
    git(clone, ['fetch', '-q', 'origin']);
    await this.signs();
    git(clone, ['checkout', '-q', '-b', 'change']);
    for (const path of changed) write(clone, path, 'export const x = 1;\n');
    git(clone, ['add', '.']);
    git(clone, ['commit', '-q', '-m', 'change']);
    const attacked = this.copy();
    const [verdict, refusals] = [await attacked.verdict(), await attacked.refusals()];
    this.before = { verdict, refusals, named: await attacked.named() };
  }

  private async joins(name: string): Promise<void> {
    const tier = name === 'haiku' ? 'validator' : 'implementer';
    // The executive is one by the policy only, which comes later.
    await this.origin.sayKeyless('agent', 'join', name, '--tier', tier, '--as', name);
  }

  private async signs(): Promise<void> {
    const { origin } = this;
    const { log } = origin.lastRecord();
    const keys = join(origin.folder, 'config', 'keys', log);
    mkdirSync(keys, { recursive: true, mode: 0o700 });
    for (const name of ['codex', 'opus', 'ada']) {
      writeFileSync(join(keys, `${name}.pem`), present(pemOf.get(name), 'a key'), { mode: 0o600 });
    }
    const done = async (...words: string[]) => {
      const { status, error } = await origin.say(...words);
      if (status !== 0) throw new Error(`${words.join(' ')}: ${error.message}`);
    };
    await done('agent', 'join', 'opus', '--tier', 'executive', '--as', 'opus');
    await done('lock', 'src/held/**', '--as', 'opus');
    await done('key', 'add', signers.stolen.publicKey, '--as', 'opus');
    await done('key', 'rotate', signers.eve.publicKey, signers.stolen.publicKey, '--as', 'opus');
    await done('key', 'revoke', signers.eve.publicKey, '--as', 'opus');
    await done('plan', 'start', 'rpc', '--as', 'opus');
    await done('plan', 'complete', 'rpc', '--as', 'opus');
  }

  copy(): Attacked {
    const folder = join(this.folder, `copy-${(this.copies += 1)}`);
    cpSync(this.origin.folder, folder, { recursive: true });
    const attacked = new Attacked(folder);
    git(attacked.clone, ['remote', 'set-url', 'origin', attacked.remote]);
    return attacked;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  honest() {
    return present(this.before, 'the scene is open');
  }

  /** The attack gains nothing: same verdict, same refusals, and `coord verify` names it. */
  async gainsNothing(attacked: Attacked, named: RegExp): Promise<void> {
    expect(await attacked.refusals()).toEqual(this.honest().refusals);
    await this.opensNothing(attacked, named);
  }

  /** As above, where the shell may refuse more than it did, or in other words. */
  async opensNothing(attacked: Attacked, named: RegExp): Promise<void> {
    const { verdict, named: usual } = this.honest();
    expect(await attacked.verdict()).toEqual(verdict);
    expect(await attacked.refusals()).not.toContain('done');
    const news = (await attacked.named()).filter((reason) => !usual.includes(reason));
    expect(news.join('\n')).toMatch(named);
  }

  /** Nobody takes the attack over: the check fails closed with this fault, and `coord verify` names it. */
  async isNotTakenOver(attacked: Attacked, fault: string, named: RegExp): Promise<void> {
    expect(await attacked.verdict()).toEqual([['fault', fault, []]]);
    expect((await attacked.named()).join('\n')).toMatch(named);
  }
}
