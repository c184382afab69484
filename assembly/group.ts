// Twins: engine/kernels/group-table.ts, append-key.ts, code-range.ts.

// @ts-ignore: decorator
@inline
function slotAt<T>(codes: usize, slots: usize, row: usize): i32 {
  return load<i32>(slots + ((<usize>load<T>(codes + row * sizeof<T>())) << 2));
}

/** The group + 1 of an id, which is numbered when it is met first. */
// @ts-ignore: decorator
@inline
function numbered(id: i32, cells: usize, ids: usize, known: u32): u32 {
  const group = load<u32>(cells + ((<usize>id) << 2));
  if (group != 0) return group;
  store<f64>(ids + ((<usize>known) << 3), <f64>id);
  store<u32>(cells + ((<usize>id) << 2), known + 1);
  return known + 1;
}

// @ts-ignore: decorator
@inline
function assignKey<T>(codes: usize, slots: usize, from: u32, count: u32, cells: usize, ids: usize, known: u32, groups: usize): u32 {
  let found = known;
  for (let i: usize = 0; i < <usize>count; i++) {
    const group = numbered(slotAt<T>(codes, slots, <usize>from + i), cells, ids, found);
    if (group > found) found = group;
    store<u32>(groups + (i << 2), group - 1);
  }
  return found;
}

export function assignKey8(codes: usize, slots: usize, from: u32, count: u32, cells: usize, ids: usize, known: u32, groups: usize): u32 {
  return assignKey<u8>(codes, slots, from, count, cells, ids, known, groups);
}
export function assignKey16(codes: usize, slots: usize, from: u32, count: u32, cells: usize, ids: usize, known: u32, groups: usize): u32 {
  return assignKey<u16>(codes, slots, from, count, cells, ids, known, groups);
}
export function assignKey32(codes: usize, slots: usize, from: u32, count: u32, cells: usize, ids: usize, known: u32, groups: usize): u32 {
  return assignKey<u32>(codes, slots, from, count, cells, ids, known, groups);
}

/** As `assignKey` for ids that stand in doubles. */
export function assignIds(numbers: usize, count: u32, cells: usize, ids: usize, known: u32, groups: usize): u32 {
  let found = known;
  for (let i: usize = 0; i < <usize>count; i++) {
    const group = numbered(<i32>load<f64>(numbers + (i << 3)), cells, ids, found);
    if (group > found) found = group;
    store<u32>(groups + (i << 2), group - 1);
  }
  return found;
}

// @ts-ignore: decorator
@inline
function mixed(id: f64): u32 {
  const whole = <u64>id;
  let hash = (<u32>whole) * 0x9e3779b1 ^ (<u32>(whole >> 32)) * 0x85ebca6b;
  hash = (hash ^ (hash >> 15)) * 0x2c1b3c6d;
  return hash ^ (hash >> 13);
}

export function assignHashed(numbers: usize, count: u32, cells: usize, mask: u32, ids: usize, known: u32, groups: usize): u32 {
  let found = known;
  let lastId: f64 = NaN;
  let last: u32 = 0;
  for (let i: usize = 0; i < <usize>count; i++) {
    const id = load<f64>(numbers + (i << 3));
    if (id != lastId) {
      lastId = id;
      let cell = mixed(id) & mask;
      for (;;) {
        const group = load<u32>(cells + ((<usize>cell) << 2));
        if (group == 0) {
          store<f64>(ids + ((<usize>found) << 3), id);
          last = found++;
          store<u32>(cells + ((<usize>cell) << 2), found);
          break;
        }
        if (load<f64>(ids + ((<usize>(group - 1)) << 3)) == id) {
          last = group - 1;
          break;
        }
        cell = (cell + 1) & mask;
      }
    }
    store<u32>(groups + (i << 2), last);
  }
  return found;
}

// @ts-ignore: decorator
@inline
function appendKey<T>(codes: usize, slots: usize, radix: f64, from: u32, count: u32, ids: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    const at = ids + (i << 3);
    store<f64>(at, load<f64>(at) * radix + <f64>slotAt<T>(codes, slots, <usize>from + i));
  }
}

export function appendKey8(codes: usize, slots: usize, radix: f64, from: u32, count: u32, ids: usize): void {
  appendKey<u8>(codes, slots, radix, from, count, ids);
}
export function appendKey16(codes: usize, slots: usize, radix: f64, from: u32, count: u32, ids: usize): void {
  appendKey<u16>(codes, slots, radix, from, count, ids);
}
export function appendKey32(codes: usize, slots: usize, radix: f64, from: u32, count: u32, ids: usize): void {
  appendKey<u32>(codes, slots, radix, from, count, ids);
}

export function fillGroups(groups: usize, group: u32, count: u32): void {
  const end = groups + ((<usize>count) << 2);
  let at = groups;
  const four = i32x4.splat(group);
  for (; at + 16 <= end; at += 16) v128.store(at, four);
  for (; at < end; at += 4) store<u32>(at, group);
}

// @ts-ignore: decorator
@inline
function slotsOf<T>(codes: usize, slots: usize, from: u32, count: u32, groups: usize): void {
  for (let i: usize = 0; i < <usize>count; i++) {
    store<i32>(groups + (i << 2), slotAt<T>(codes, slots, <usize>from + i));
  }
}

export function slotsOf8(codes: usize, slots: usize, from: u32, count: u32, groups: usize): void {
  slotsOf<u8>(codes, slots, from, count, groups);
}
export function slotsOf16(codes: usize, slots: usize, from: u32, count: u32, groups: usize): void {
  slotsOf<u16>(codes, slots, from, count, groups);
}
export function slotsOf32(codes: usize, slots: usize, from: u32, count: u32, groups: usize): void {
  slotsOf<u32>(codes, slots, from, count, groups);
}
