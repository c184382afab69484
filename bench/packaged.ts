/** Granary as its users load it, for processes whose start is part of what is measured. */
export async function loadGranary(): Promise<typeof import('../index.js')> {
  // Made after the sources were compiled.
  const bundle = new URL('../bundle/index.js', import.meta.url).href;
  return (await import(bundle)) as typeof import('../index.js');
}
