// What a command of the shell has at hand; everything that costs time is opened on first use.
import type { Repository } from '../../adapters/git/repository.ts';
import type { Clock } from '../../engine/clock.ts';
import type { Registry } from '../../engine/registry-port.ts';
import type { Globals } from './globals.ts';
import type { Identity } from './identity.ts';
import type { Workspace } from './workspace.ts';

/** The process's edges; the only place where output is written. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Standard input and output are an interactive terminal. */
  readonly isInteractive: boolean;
  /** Standard error is a terminal, so that progress may be shown. */
  readonly showsProgress: boolean;
  readStdin(): Promise<string>;
}

/** Servers that the shell can start; handed in, because surfaces do not know one another. */
export interface Launch {
  /** Runs the GitHub App until the process is told to stop. */
  app(): Promise<void>;
}

export interface Shell {
  readonly globals: Globals;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly launch: Launch;
  /** The user's repository; Fault `no-repository` outside of one. */
  repository(): Repository;
  /** The log of the repository with its engine. */
  workspace(): Promise<Workspace>;
  /** Who acts. A broken policy stops commands; a question is asked as if there were none. */
  identity(isAsking?: boolean): Promise<Identity>;
}
