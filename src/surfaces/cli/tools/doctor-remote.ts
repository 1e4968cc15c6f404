// Asks the host of the remote what it enforces on the branch of the log, where there is a token to ask with.
import { configuredUrl } from '../../../adapters/git/remote/remote-config.ts';
import { branchRules, placeOf } from '../../../adapters/github/branch-rules.ts';
import type { Shell } from '../shell.ts';

/** What the host enforces: the types of its rules, or a sentence why that is not known. */
interface Hosted {
  readonly rules: readonly string[] | string;
}

function apiOf(environment: Shell['environment']): { readonly api: string; readonly host: string } {
  const api = environment['GITHUB_API_URL'] ?? 'https://api.github.com';
  const server = environment['GITHUB_SERVER_URL'] ?? 'https://github.com';
  return { api, host: new URL(server).hostname };
}

/** What GitHub enforces; a sentence alone where there is nothing to be enforced or nobody to be asked. */
export async function hostedOn(shell: Shell): Promise<Hosted | string> {
  const { environment, globals } = shell;
  const url = configuredUrl(shell.repository(), globals.remote, 'fetch');
  if (url === null) return 'The log has no remote that could be protected.';
  if (globals.isOffline) return 'The remote was not asked what it protects.';
  const { api, host } = apiOf(environment);
  const place = placeOf(url, host);
  if (place === null) {
    return {
      rules: `Whether ${globals.remote} keeps the branch from being rewritten cannot be seen from here.`,
    };
  }
  const token = environment['GITHUB_TOKEN'] ?? '';
  if (token === '') {
    return { rules: 'Without GITHUB_TOKEN GitHub cannot be asked what it protects.' };
  }
  return { rules: await branchRules(place, api, token) };
}
