// Builds the shell into build/, as `npm ci` does.
import { bundleShell } from './shell-bundle.ts';

await bundleShell('build');
