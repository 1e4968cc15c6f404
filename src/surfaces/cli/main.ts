// The shell's entry: reads the command line, finds what it calls, prints one answer, sets the exit status.
import { findRepository, gitUser } from '../../adapters/git/repository.ts';
import type { Repository } from '../../adapters/git/repository.ts';
import { systemClock } from '../../adapters/system/clock.ts';
import { helpAbout } from '../../grammar/help.ts';
import { checkedInput, chooseVerb, inputSaid } from '../../grammar/parse.ts';
import type { Refusal } from '../../kernel/decider.ts';
import type { Details } from '../../kernel/fault.ts';
import type { Operation } from '../../kernel/operation.ts';
import { registry } from '../../registry.ts';
import { version } from '../../version.ts';
import { asMeant, withNotes } from './as-meant.ts';
import { globalHelp, readGlobals } from './globals.ts';
import type { Globals } from './globals.ts';
import { identify } from './identity.ts';
import { runCommand, runQuery } from './operate.ts';
import { answerFault, exitStatus, printAnswer, printRefusal } from './print.ts';
import { refuseCutToken, withKeysHere } from './sign.ts';
import type { Launch, Shell, Terminal } from './shell.ts';
import { tools } from './tools.ts';
import type { Tool, ToolAnswer } from './tool.ts';
import { openWorkspace } from './workspace.ts';
import type { Workspace } from './workspace.ts';

type Said = Operation | Tool;
type Environment = Readonly<Record<string, string | undefined>>;

const spoken = registry.operations.filter(
  (operation) => operation.kind === 'query' || operation.appOnly !== true,
);
const verbs: readonly Said[] = [...spoken, ...tools];
const greedy = new Set(tools.filter((tool) => tool.takesRest === true).map(({ name }) => name));

/** What a shell is made of; the process's own edges, or a test's. */
interface Edges {
  readonly environment: Environment;
  readonly terminal: Terminal;
  readonly launch: Launch;
}

function openShell(globals: Globals, { environment, terminal, launch }: Edges): Shell {
  const clock = systemClock(environment['COORD_NOW']);
  let repository: Repository | null = null;
  let workspace: Promise<Workspace> | null = null;
  const shell: Shell = {
    ...{ globals, environment, terminal, clock, registry, launch },
    repository: () => (repository ??= findRepository(globals.directory)),
    workspace: () =>
      (workspace ??= Promise.resolve().then(() => openWorkspace(shell.repository(), shell))),
    identity: async (isAsking = false) => {
      // Two processes of git, at the same time; what is wrong with the policy is told first.
      const user = gitUser(shell.repository());
      user.catch(() => undefined);
      const source = (await shell.workspace()).policy;
      const { policy } = await (isAsking ? source.lenient() : source.strict());
      return identify(globals, environment, terminal.isInteractive, { user: await user, policy });
    },
  };
  return shell;
}

function say(shell: Shell, verb: Said, input: Details): Promise<ToolAnswer | Refusal> {
  if ('run' in verb) return verb.run(shell, input);
  return verb.kind === 'command' ? runCommand(shell, verb, input) : runQuery(shell, verb, input);
}

async function run(shell: Shell, verb: Said, input: Details): Promise<ToolAnswer | Refusal> {
  const answer = await say(shell, verb, input);
  return answer.ok ? answer : withKeysHere(shell, answer);
}

/** `-` for a text field means standard input, `@file` is left to the fields that document it. */
async function withStdin(shell: Shell, input: Details): Promise<Details> {
  if (input['body'] !== '-') return input;
  return { ...input, body: await shell.terminal.readStdin() };
}

function saysHelp([word]: readonly string[]): boolean {
  return word?.toLowerCase() === 'help';
}

function helpText(words: readonly string[]): string {
  const help = helpAbout(verbs, words, 'coord');
  const isAboutAll = words.length === 0 || saysHelp(words);
  return isAboutAll ? [help, '', 'Flags of every command:', ...globalHelp].join('\n') : help;
}

/** Help and the version, which need no repository; null when something is to be done. */
function aboutItself({ globals }: Shell, words: readonly string[]): ToolAnswer | null {
  if (globals.wantsVersion) return { ok: true, result: { version }, text: `coord ${version}` };
  const isAsked = saysHelp(words);
  if (!isAsked && !globals.wantsHelp && words.length > 0) return null;
  const text = helpText(isAsked ? words.slice(1) : words);
  return { ok: true, result: { help: text }, text };
}

async function runSaid(shell: Shell, verb: Said, said: Details): Promise<ToolAnswer | Refusal> {
  const { input, notes } = await asMeant(shell, verb, said);
  const answer = await run(shell, verb, await withStdin(shell, checkedInput(verb, input)));
  return answer.ok ? withNotes(answer, notes) : answer;
}

function answerTo(shell: Shell, words: readonly string[]): Promise<ToolAnswer | Refusal> {
  const about = aboutItself(shell, words);
  if (about !== null) return Promise.resolve(about);
  const [verb, rest] = chooseVerb(verbs, words);
  if (greedy.has(verb.name)) return run(shell, verb, { words: rest });
  refuseCutToken(verb, rest);
  return runSaid(shell, verb, inputSaid(verb, rest));
}

async function speak(shell: Shell, words: readonly string[]): Promise<number> {
  const { globals, terminal } = shell;
  const answer = await answerTo(shell, words);
  if (!answer.ok) {
    printRefusal(terminal, globals.isJson, answer);
    return exitStatus.refused;
  }
  if (answer.isPrinted !== true) printAnswer(shell, answer);
  return answer.status ?? exitStatus.done;
}

/** Runs one command line and answers the exit status; nothing is thrown. */
export async function main(
  argv: readonly string[],
  environment: Environment,
  terminal: Terminal,
  launch: Launch,
): Promise<number> {
  let isJson = argv.includes('--json');
  try {
    const { globals, rest } = readGlobals(argv, greedy);
    isJson = globals.isJson;
    return await speak(openShell(globals, { environment, terminal, launch }), rest);
  } catch (error) {
    return answerFault(terminal, isJson, error);
  }
}
