// The program `coord`: connects the shell to the process.
import { main } from './main.ts';
import type { Terminal } from './shell.ts';

async function readStdin(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

const terminal: Terminal = {
  out: (text) => process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
  err: (text) => process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
  isInteractive: process.stdin.isTTY && process.stdout.isTTY,
  showsProgress: process.stderr.isTTY,
  readStdin,
};

// A reader that closes the pipe early (`coord log | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

process.exitCode = await main(process.argv.slice(2), process.env, terminal);
