// Loaded before anything that defines a schema: a process of milliseconds gains nothing from schemas turned into code.
import { config } from 'zod';

config({ jitless: !process.argv.includes('serve') });
