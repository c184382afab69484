declare module 'hyperloglog-lite' {
  interface Counter {
    add(hash: number[]): Counter;
    count(): number;
  }
  interface HyperLogLog {
    (precision: number): Counter;
    hash(value: string): number[];
  }
  const create: HyperLogLog;
  export default create;
}
