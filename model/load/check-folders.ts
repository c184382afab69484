import type { Context } from './declare.js';
import { nodeAt, type Located } from './located.js';

/** Adds a problem for every name in the folders of a view that is no member of it. Folders may hold folders. */
export function checkFolders(
  folders: Located | null,
  members: ReadonlyMap<string, unknown>,
  context: Context,
): void {
  if (folders?.kind !== 'list') return;
  for (const folder of folders.items) {
    const includes = nodeAt(folder, ['includes']);
    if (includes?.kind === 'scalar' && includes.value === '*') continue;
    if (includes?.kind !== 'list') {
      context.problems.add((includes ?? folder).place, "a folder needs `includes`: '*' or a list of members");
      continue;
    }
    for (const item of includes.items) {
      if (item.kind !== 'scalar') {
        checkFolders({ ...includes, items: [item] }, members, context);
      } else if (!members.has(String(item.value))) {
        const name = String(item.value);
        const hint = context.problems.hint(name, members.keys());
        context.problems.add(item.place, `the view has no member \`${name}\`${hint}`);
      }
    }
  }
}
