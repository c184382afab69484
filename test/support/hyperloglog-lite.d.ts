declare module 'hyperloglog-lite' {
  interface Counter {
    add(hash: number[]): Counter;
    count(): number;
    merge(data: { n: number; buckets: Uint8Array }): Counter;
  }
  interface HyperLogLog {
    (precision: number): Counter;
    hash(value: string): number[];
  }
  const create: HyperLogLog;
  export default create;
}
