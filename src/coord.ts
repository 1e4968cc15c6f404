// The program `coord`: connects the shell, and the servers it can start, to the process.
import './cold-start.ts';
import { existsSync } from 'node:fs';
import { main } from './surfaces/cli/main.ts';
import type { Launch, Terminal } from './surfaces/cli/shell.ts';

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const terminal: Terminal = {
  out: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  err: (text) => process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
  // Asked only when it matters: opening a stream takes milliseconds.
  get isInteractive() {
    return process.stdin.isTTY && process.stdout.isTTY;
  },
  get showsProgress() {
    return process.stderr.isTTY;
  },
  readStdin,
};

/** Resolves at the first request to stop. */
function stopRequested(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
}

const launch: Launch = {
  app: async () => {
    // The setup page writes the App's credentials here.
    if (existsSync('.env')) process.loadEnvFile('.env');
    const { startApp } = await import('./surfaces/app/main.ts');
    const running = await startApp(process.env);
    if (running.url !== null) terminal.err(`coord: taking webhooks at ${running.url}`);
    await stopRequested();
    await running.stop();
  },
};

// A reader that closes the pipe early (`coord log | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

void main(process.argv.slice(2), process.env, terminal, launch).then((status) => {
  process.exitCode = status;
});
