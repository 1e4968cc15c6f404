// The name of a repository as the log may hold it, from the URL of a remote.

/** The last two parts of a URL's path. The genesis is for ever: neither host nor credentials stand in it. */
export function nameInUrl(url: string): string {
  const path =
    URL.canParse(url) && /^[a-z][a-z0-9+.-]+:\/\//i.test(url)
      ? new URL(url).pathname
      : scpPath(url);
  const parts = path
    .replace(/\/+$/, '')
    .replace(/\.git$/, '')
    .split(/[/\\]/);
  return (
    parts
      .filter((part) => part !== '')
      .slice(-2)
      .join('/') || 'repository'
  );
}

/** The path of `user@host:owner/name`, or a local path as it stands. */
function scpPath(url: string): string {
  return /^(?:[^/\\@:]+@)?[^/\\@:]{2,}:(.*)$/.exec(url)?.[1] ?? url;
}
