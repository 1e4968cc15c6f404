// Where the branch of the log lives: in the repository of the code, or in another one that the policy names.

/** The policy's word for the repository of the code itself. */
export const sameRepository = 'same';

const ownerAndName = '[A-Za-z0-9][A-Za-z0-9-]{0,38}\\/[A-Za-z0-9._-]{1,100}';
/** Neither password nor query: a policy is read by everybody. */
const url = 'https:\\/\\/[^\\s/@?#]+\\/[^\\s?#@]+|ssh:\\/\\/(?:[\\w.-]+@)?[^\\s/@?#]+\\/[^\\s?#@]+';
const shortUrl = '[\\w.-]+@[\\w.-]+:[^\\s?#@]+';

export const logPlacePattern = new RegExp(
  `^(?:${sameRepository}|${ownerAndName}|${url}|${shortUrl})$`,
);

/** A URL or path in three: what comes before owner and name, these two, and the usual ending. */
const parts =
  /^(?<before>[a-z][a-z0-9+.-]*:\/\/[^/]+\/(?:.*\/)?|[^/\\:@]+@[^/\\:]+:(?:.*\/)?|(?![a-z][a-z0-9+.-]+:\/\/)(?:.*[/\\])?)[^/\\:]+[/\\][^/\\:]+?(?<ending>\.git)?[/\\]*$/i;

function isUrl(said: string): boolean {
  return said.includes(':');
}

/**
 * The URL of the repository that keeps the log, by the policy's `log.repository` and the URL of the code's repository,
 * beside which another `owner/name` lies. Null where it is the code's own, or nothing lies beside such a URL.
 */
export function logUrl(said: string, codeUrl: string): string | null {
  if (said === sameRepository) return null;
  if (isUrl(said)) return said;
  const groups = parts.exec(codeUrl)?.groups;
  return groups === undefined ? null : `${groups['before'] ?? ''}${said}${groups['ending'] ?? ''}`;
}

/** The owner and name that `log.repository` says, for a host's interface; null where it is the code's own. */
export function logOwnerAndName(said: string): { owner: string; repo: string } | null {
  if (said === sameRepository) return null;
  const [repo = '', owner = ''] = said
    .replace(/\.git\/*$/, '')
    .split(/[/:]/)
    .reverse();
  return { owner, repo };
}
