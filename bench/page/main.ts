import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { benchmarksPage } from './benchmarks-page.js';
import { Recorded } from './recorded.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, 'docs', 'benchmarks');
const { markdown, plots } = benchmarksPage(Recorded.in(join(root, 'bench', 'results')));
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
writeFileSync(join(root, 'docs', 'benchmarks.md'), markdown);
for (const [name, plot] of plots) writeFileSync(join(folder, name), plot);
