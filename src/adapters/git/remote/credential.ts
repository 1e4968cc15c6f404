// Who we are for a remote over HTTP: a token from the environment, or what git's credential helpers know.
import { Fault } from '../../../kernel/fault.ts';
import { tryGit } from '../native.ts';
import type { Repository } from '../repository.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** GitHub takes any name beside a token. */
const tokenUser = 'x-access-token';
const lentToken = 'COORD_LENT_TOKEN';

function filled(environment: Environment, ...names: readonly string[]): string | null {
  return names.map((name) => environment[name] ?? '').find((value) => value !== '') ?? null;
}

/** A token must not travel where anybody on the way can read it. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || /^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname);
}

/**
 * The token for a remote. `COORD_REMOTE_TOKEN` was named for it; `GITHUB_TOKEN` and `GH_TOKEN` go to the GitHub that
 * they are for (`GITHUB_SERVER_URL`), and to nobody else. Null without one.
 */
export function tokenFor(url: string, environment: Environment): string | null {
  const server = environment['GITHUB_SERVER_URL'] ?? 'https://github.com';
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return null;
  const target = new URL(url);
  if (!isPrivate(target)) return null;
  const named = filled(environment, 'COORD_REMOTE_TOKEN');
  if (named !== null) return named;
  const isGitHub = URL.canParse(server) && target.origin === new URL(server).origin;
  return isGitHub ? filled(environment, 'GITHUB_TOKEN', 'GH_TOKEN') : null;
}

/**
 * Settings for the installed git that offer it a token where its own credential helpers know nothing; `settings` are
 * those it gets anyway. The token itself is in a variable of its own, on no command line and in no file.
 */
export function lendToken(
  settings: Readonly<Record<string, string>>,
  url: string,
  token: string | null,
): Record<string, string> {
  if (token === null) return { ...settings };
  const count = Number(settings['GIT_CONFIG_COUNT'] ?? 0);
  return {
    ...settings,
    GIT_CONFIG_COUNT: String(count + 1),
    [`GIT_CONFIG_KEY_${count}`]: `credential.${new URL(url).origin}.helper`,
    [`GIT_CONFIG_VALUE_${count}`]: `!f() { test "$1" = get && echo username=${tokenUser} && echo "password=$${lentToken}"; }; f`,
    [lentToken]: token,
  };
}

function credentialText(url: string, login?: Login): string {
  const known = login === undefined ? [] : Object.entries(login).map((each) => each.join('='));
  return `${[`url=${url}`, ...known].join('\n')}\n\n`;
}

/** Asks git's credential helpers, never a person; null where git is not installed or they know nothing. */
export async function askHelpers({ directory }: Repository, url: string): Promise<Login | null> {
  try {
    const env = { GIT_ASKPASS: '', SSH_ASKPASS: '' };
    const input = credentialText(url);
    const run = await tryGit(['credential', 'fill'], { cwd: directory, input, env });
    const said = run.stdout.toString('utf8');
    const field = (name: string): string => new RegExp(`^${name}=(.*)$`, 'm').exec(said)?.[1] ?? '';
    const [username, password] = [field('username'), field('password')];
    return run.status === 0 && password !== '' ? { username, password } : null;
  } catch (error) {
    if (error instanceof Fault && error.code === 'git-missing') return null;
    throw error;
  }
}

/** Tells the helpers that a login was refused, so that they forget it. */
export async function forgetLogin(
  { directory }: Repository,
  url: string,
  login: Login,
): Promise<void> {
  await tryGit(['credential', 'reject'], { cwd: directory, input: credentialText(url, login) });
}
