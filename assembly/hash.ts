// Twins: engine/sketches/hash-words.ts, sketch-of-entries.ts.

const C1: u64 = 0x87c37b91114253d5;
const C2: u64 = 0x4cf5ad432745937f;
const NAN: u64 = 0x7ff8000000000000;

// @ts-ignore: decorator
@inline
function finish(word: u64): u64 {
  let hash = (word ^ (word >> 33)) * 0xff51afd7ed558ccd;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53;
  return hash ^ (hash >> 33);
}

// @ts-ignore: decorator
@inline
function entryOf(word: u64): u32 {
  const first = ((rotl<u64>(word * C1, 31) * C2) ^ 8) + 8;
  const hash = finish(first) + finish(first + 8);
  const rest = hash << 26;
  const zeros: u32 = rest === 0 ? 38 : <u32>clz<u64>(rest);
  return ((<u32>(hash >> 38)) << 6) | zeros;
}

export function hashIntegers(words: usize, entries: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<u32>(entries + (i << 2), entryOf(load<u64>(words + (i << 3))));
  }
}

export function hashDoubles(words: usize, entries: usize, count: u32): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = words + (i << 3);
    const value = load<f64>(at);
    const word = value !== value ? NAN : value === 0 ? 0 : load<u64>(at);
    store<u32>(entries + (i << 2), entryOf(word));
  }
}

/**
 * Sorts entries and keeps, of those with one prefix, the last: first by their highest bits, into as many places as
 * there are entries, or up to twice; hashes fall evenly, so what is left is in its place but for a few steps.
 * `counts` has room for twice as many numbers and one, `sorted` for as many. Gives the number that is kept.
 */
export function sortEntries(entries: usize, count: u32, sorted: usize, counts: usize): u32 {
  if (count === 0) return 0;
  const bits = 32 - clz<u32>(count);
  const shift = 32 - bits;
  const places: u32 = 1 << bits;
  memory.fill(counts, 0, (<usize>places + 1) << 2);
  const last = entries + ((<usize>count) << 2);
  for (let at = entries; at < last; at += 4) {
    const place = counts + ((<usize>(load<u32>(at) >> shift) + 1) << 2);
    store<u32>(place, load<u32>(place) + 1);
  }
  for (let i: usize = 1; i <= <usize>places; i++) {
    const place = counts + (i << 2);
    store<u32>(place, load<u32>(place) + load<u32>(place - 4));
  }
  for (let at = entries; at < last; at += 4) {
    const entry = load<u32>(at);
    const place = counts + ((<usize>(entry >> shift)) << 2);
    const to = load<u32>(place);
    store<u32>(sorted + ((<usize>to) << 2), entry);
    store<u32>(place, to + 1);
  }
  const end = sorted + ((<usize>count) << 2);
  for (let at = sorted + 4; at < end; at += 4) {
    const entry = load<u32>(at);
    let to = at;
    while (to > sorted && load<u32>(to - 4) > entry) {
      store<u32>(to, load<u32>(to - 4));
      to -= 4;
    }
    store<u32>(to, entry);
  }
  let kept: u32 = 0;
  for (let at = sorted; at < end; at += 4) {
    const entry = load<u32>(at);
    if (at + 4 < end && load<u32>(at + 4) >> 6 === entry >> 6) continue;
    store<u32>(entries + ((<usize>kept) << 2), entry);
    kept++;
  }
  return kept;
}
